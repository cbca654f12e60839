import type { Scheduler } from '@gridclock/service-kit/scheduler';

type Waiter = { condition: () => boolean; settle: (satisfied: boolean) => void };

/** Lets callers wait, up to a limit, until a condition on shared state holds. */
export class ConditionWaiters {
  readonly #scheduler: Scheduler;
  readonly #waiters = new Set<Waiter>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Resolves to true as soon as the condition holds, or to false after `limitMs`. */
  async wait(condition: () => boolean, limitMs: number): Promise<boolean> {
    if (condition()) return true;
    return new Promise((resolve) => {
      const settle = (satisfied: boolean) => {
        cancel();
        this.#waiters.delete(waiter);
        resolve(satisfied);
      };
      const waiter: Waiter = { condition, settle };
      const cancel = this.#scheduler.after(limitMs, () => settle(false));
      this.#waiters.add(waiter);
    });
  }

  /** Checks all conditions again. Call it after the state they depend on has changed. */
  recheck(): void {
    for (const waiter of this.#waiters) {
      if (waiter.condition()) waiter.settle(true);
    }
  }
}
