import type { Scheduler } from '@gridclock/service-kit/scheduler';

/** 10 s: a peer calls every 2.5 s at the latest, so one that misses four calls looks for this node elsewhere. */
const PATIENCE_MS = 10_000;

/** Detects peers that answer this node but do not call it: they have another address of it. */
export class MissedCalls {
  readonly #scheduler: Pick<Scheduler, 'now'>;
  /** When each peer last called, or was last found not to. */
  readonly #calledAt = new Map<string, number>();

  constructor(scheduler: Pick<Scheduler, 'now'>) {
    this.#scheduler = scheduler;
  }

  /** Records a request of a peer. */
  record(peer: string): void {
    if (this.#calledAt.has(peer)) this.#calledAt.set(peer, this.#scheduler.now());
  }

  /** Reports, at most once in 10 s, whether a peer that has just answered does not call. */
  isDue(peer: string): boolean {
    const now = this.#scheduler.now();
    const due = now - (this.#calledAt.get(peer) ?? now) >= PATIENCE_MS;
    if (due || !this.#calledAt.has(peer)) this.#calledAt.set(peer, now);
    return due;
  }
}
