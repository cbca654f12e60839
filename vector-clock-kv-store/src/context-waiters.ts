import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { descends, type VectorClock } from './causality/vector-clock.ts';

type Waiter = { context: VectorClock; settle: (reached: boolean) => void };

/** Requests that wait until this node has caught up with what their client has seen. */
export class ContextWaiters {
  readonly #scheduler: Scheduler;
  readonly #waiters = new Set<Waiter>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Resolves to true once `advanced` was called with a clock that covers `context`, to false after `limitMs`. */
  wait(context: VectorClock, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (reached: boolean) => {
        cancel();
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { context, settle };
      const cancel = this.#scheduler.after(limitMs, () => settle(false));
      this.#waiters.add(waiter);
    });
  }

  /** Lets go whoever waited for what `clock` covers. */
  advanced(clock: VectorClock): void {
    for (const waiter of this.#waiters) {
      if (descends(clock, waiter.context)) waiter.settle(true);
    }
  }
}
