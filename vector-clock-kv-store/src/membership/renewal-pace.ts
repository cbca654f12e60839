import type { Scheduler } from '@gridclock/service-kit/scheduler';

/** 10 min: real conflicts about an identity, such as a second process, are rare. */
const WINDOW_MS = 600_000;

/** From 1 s, doubling to 1 min: an id costs a clock entry until it is retired, which takes about half a minute. */
const WAIT = { firstMs: 1_000, longestMs: 60_000 };

/**
 * Slows down a node that must take a new id again and again: anyone who can send it forged evidence could otherwise
 * fill the clocks. The first new id is free, so that a node with one conflict is back at once.
 */
export class RenewalPace {
  readonly #scheduler: Pick<Scheduler, 'now'>;
  #renewedAt: number[] = [];

  constructor(scheduler: Pick<Scheduler, 'now'>) {
    this.#scheduler = scheduler;
  }

  /** Counts a new id, and returns how long to wait before taking it, in milliseconds. */
  next(): number {
    const now = this.#scheduler.now();
    this.#renewedAt = this.#renewedAt.filter((at) => now - at < WINDOW_MS);
    const recent = this.#renewedAt.length;
    this.#renewedAt.push(now);
    return recent === 0 ? 0 : Math.min(WAIT.longestMs, WAIT.firstMs * 2 ** (recent - 1));
  }
}
