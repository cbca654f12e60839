import type { Priority } from '@gridclock/grid-protocol';
import { type Milliwatts, toKilowatts, toMilliwatts } from './power.ts';

/** A substation's capacity, with the part of it that only high-priority requests may use. */
export class Capacity {
  readonly #total: Milliwatts;
  readonly #reserve: Milliwatts;

  /** @param reserve the part for high priority; both in kW */
  constructor(total: number, reserve: number) {
    this.#total = toMilliwatts(total);
    this.#reserve = reserve === 0 ? 0 : toMilliwatts(reserve);
  }

  /** In kW. */
  get total(): number {
    return toKilowatts(this.#total);
  }

  /** In kW. */
  get reserve(): number {
    return toKilowatts(this.#reserve);
  }

  /** Returns the part in use at a load, in percent. */
  utilization(load: Milliwatts): number {
    return (100 * load) / this.#total;
  }

  /** Returns the power that a request of this priority may still use at a load. */
  available(priority: Priority, load: Milliwatts): Milliwatts {
    const usable = priority === 'high' ? this.#total : this.#total - this.#reserve;
    return Math.max(0, usable - load);
  }
}
