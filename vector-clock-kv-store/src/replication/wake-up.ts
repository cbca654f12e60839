import type { Scheduler } from '@gridclock/service-kit/scheduler';

/** A pause that ends early when there is something to do. */
export class WakeUp {
  readonly #scheduler: Scheduler;
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Ends the pause; if there is none, the next one does not begin. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Forgets calls of `wake` so far. */
  reset(): void {
    this.#woken = false;
  }

  /** Resolves after `ms`, or when woken. */
  pause(ms: number): Promise<void> {
    if (this.#woken || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = () => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#scheduler.after(ms, resume);
      this.#wake = resume;
    });
  }
}
