import { type Dot, dotKey, missingDependency, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/**
 * Holds writes that arrived before something they depend on. Each is filed under one write that it still
 * misses; when that one is delivered, only the writes filed under it are looked at, and each either is
 * ready or moves to the next one it misses. A write moves at most once per entry of its clock, however
 * many others wait.
 */
export class CausalBuffer {
  readonly #capacity: number;
  readonly #waiting = new Map<string, Write[]>();
  readonly #held = new Map<string, Write>();

  /** @param capacity how many writes fit */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many writes wait. */
  get size(): number {
    return this.#held.size;
  }

  /** The waiting writes, in order of arrival. */
  writes(): Write[] {
    return [...this.#held.values()];
  }

  /**
   * Files a write under what it misses.
   *
   * @returns `duplicate` when it waits here already, `full` when it does not fit
   */
  add(write: Write, missing: Dot): 'buffered' | 'duplicate' | 'full' {
    const name = dotKey(dotOf(write));
    if (this.#held.has(name)) return 'duplicate';
    if (this.#held.size >= this.#capacity) return 'full';
    this.#held.set(name, write);
    this.#file(write, missing);
    return 'buffered';
  }

  /**
   * To be called after `delivered` has been counted in `clock`.
   *
   * @param clock asked anew for every write looked at, because delivering one changes it
   * @param deliver called for each write that has become ready; it must count the write in `clock`
   */
  release(delivered: Dot, clock: () => VectorClock, deliver: (write: Write) => void): void {
    const name = dotKey(delivered);
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    for (const write of waiting) {
      const missing = missingDependency(clock(), write.sender, write.vc);
      if (missing !== undefined) {
        this.#file(write, missing);
        continue;
      }
      this.#held.delete(dotKey(dotOf(write)));
      deliver(write);
    }
  }

  #file(write: Write, missing: Dot): void {
    const name = dotKey(missing);
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) this.#waiting.set(name, [write]);
    else waiting.push(write);
  }
}
