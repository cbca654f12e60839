import type { Scheduler } from '@gridclock/service-kit/scheduler';
import TinyQueue from 'tinyqueue';

type Timer = { at: number; order: number; action: () => void; cancelled: boolean };

/**
 * A clock that moves only when its owner advances it, and runs in a browser too. Times are in milliseconds.
 *
 * Every timer fires at its own time; timers due at the same time fire in the order in which they were set.
 */
export class VirtualTimers implements Scheduler {
  #now = 0;
  #timersSet = 0;
  readonly #timers = new TinyQueue<Timer>(
    [],
    (left, right) => left.at - right.at || left.order - right.order,
  );

  /** A bound function, so that it can be passed on without its clock. */
  readonly now = (): number => this.#now;

  after(delayMs: number, action: () => void): () => void {
    const timer: Timer = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#timersSet++,
      action,
      cancelled: false,
    };
    this.#timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Moves the clock by `ms` and fires all timers due by then. Promise callbacks run only afterwards. */
  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  /** Moves the clock to a time and fires all timers due by then. */
  protected advanceTo(end: number): void {
    while (this.fireNext(end));
    this.#now = end;
  }

  /** Fires timers, and the timers those set, until none is left. */
  runAll(): void {
    while (this.fireNext(Number.POSITIVE_INFINITY));
  }

  /** Fires the next timer due by `end`; returns false when there is none. */
  protected fireNext(end: number): boolean {
    for (let next = this.#timers.peek(); next !== undefined && next.at <= end; next = this.#timers.peek()) {
      this.#timers.pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.action();
      return true;
    }
    return false;
  }
}
