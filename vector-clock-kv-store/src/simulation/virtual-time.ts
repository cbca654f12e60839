import { setImmediate } from 'node:timers/promises';
import type { Scheduler } from '@gridclock/service-kit';
import TinyQueue from 'tinyqueue';

type Timer = { at: number; number: number; action: () => void; cancelled: boolean };

/** A clock that stands still until it is told to go on, and then does not wait for anything. */
export class VirtualTime implements Scheduler {
  #now = 0;
  #started = 0;
  /** The next to fall due first; of those due together, the one that was set first. */
  readonly #timers = new TinyQueue<Timer>(
    [],
    (left, right) => left.at - right.at || left.number - right.number,
  );

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), number: this.#started++, action, cancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Lets `ms` milliseconds pass, with all that falls due in them and all that follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      // Promises that are due come first: what they start may set timers.
      await setImmediate();
      const next = this.#nextWithin(end);
      if (next === undefined) break;
      this.#now = next.at;
      next.action();
    }
    this.#now = end;
  }

  #nextWithin(end: number): Timer | undefined {
    for (let next = this.#timers.peek(); next !== undefined && next.at <= end; next = this.#timers.peek()) {
      this.#timers.pop();
      if (!next.cancelled) return next;
    }
    return undefined;
  }
}
