import type { Scheduler } from '@gridclock/service-kit/scheduler';

/** How often to compare clocks with the peer: a lost message goes unnoticed for about this long. */
const COMPARE_EVERY_MS = 500;

/** How often an idle link compares: no write can be lost, and 2 s is soon enough to notice a removal. */
export const COMPARE_IDLE_MS = 2_000;

/** When a link compares clocks next. At first, at once. */
export class ComparisonSchedule {
  readonly #scheduler: Scheduler;
  readonly #random: () => number;
  #at = 0;
  /** Doubles from COMPARE_EVERY_MS to COMPARE_IDLE_MS while the clocks are equal. */
  #intervalMs = COMPARE_EVERY_MS;

  /** @param random uniform in [0, 1) */
  constructor(scheduler: Scheduler, random: () => number) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** How long until then, in milliseconds; not positive once it is due. */
  get dueInMs(): number {
    return this.#at - this.#scheduler.now();
  }

  /** Compares at once. */
  expedite(): void {
    this.#at = 0;
  }

  /** Compares as often as a link does that has writes to send. */
  resume(): void {
    this.#intervalMs = COMPARE_EVERY_MS;
    this.#at = Math.min(this.#at, this.#scheduler.now() + COMPARE_EVERY_MS);
  }

  /** Plans the comparison after one. @param isIdle whether the clocks were equal */
  compared(isIdle: boolean): void {
    this.#intervalMs = isIdle ? Math.min(2 * this.#intervalMs, COMPARE_IDLE_MS) : COMPARE_EVERY_MS;
    // Between 0.75 and 1.25 of the interval, so that nodes do not synchronize.
    this.#at = this.#scheduler.now() + this.#intervalMs * (0.75 + this.#random() / 2);
  }
}
