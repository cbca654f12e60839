import type { LifeId } from '../causality/lineage.ts';

/** 8,192: requests overtake each other by dozens, and a sender counts those to all its peers. */
const WINDOW = 8_192;

/** 1,000 lives: every one is a process with the cluster token. */
const MAX_LIVES = 1_000;

/** Remembers which signed requests have arrived, so that none is accepted twice. */
export class SequenceWindows {
  readonly #windows = new Map<LifeId, { highest: number; seen: Set<number> }>();

  /** Reports whether a sequence number of a life is new, and remembers it. */
  accept(life: LifeId, sequence: number): boolean {
    const window = this.#windows.get(life) ?? { highest: 0, seen: new Set() };
    if (sequence <= window.highest - WINDOW || window.seen.has(sequence)) return false;
    // The life that was heard from last is the last one to be forgotten.
    this.#windows.delete(life);
    this.#windows.set(life, window);
    window.seen.add(sequence);
    window.highest = Math.max(window.highest, sequence);
    // In the order of arrival, which is about that of the numbers.
    for (const old of window.seen) {
      if (old > window.highest - WINDOW) break;
      window.seen.delete(old);
    }
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MAX_LIVES && oldest !== undefined) this.#windows.delete(oldest);
    return true;
  }
}
