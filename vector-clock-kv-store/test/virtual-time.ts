import { setImmediate } from 'node:timers/promises';
import type { Scheduler } from '../src/scheduler.ts';

type Timer = { at: number; action: () => void };

/** A clock that stands still until it is told to go on, and then does not wait for anything. */
export class VirtualTime implements Scheduler {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` milliseconds pass, with all that falls due in them and all that follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      // Promises that are due come first: what they start may set timers.
      await setImmediate();
      const next = [...this.#timers].sort((left, right) => left.at - right.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = next.at;
      this.#timers.delete(next);
      next.action();
    }
    this.#now = end;
  }
}
