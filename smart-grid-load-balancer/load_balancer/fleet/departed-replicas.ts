/** 10 min: a replica that is rescheduled elsewhere pulls its image and starts within minutes. */
const MAY_RETURN_MS = 10 * 60_000;

/** 1,000: names of replicas that came and went within that time. */
const LIMIT = 1_000;

/**
 * The replicas that have left DNS and may return. While they may, a request that only they could take is not too large
 * for the grid: its room is unknown.
 */
export class DepartedReplicas {
  readonly #now: () => number;
  readonly #departed = new Map<string, { capacity: number | undefined; at: number }>();

  /** @param now milliseconds, from a clock that does not go backwards */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param capacity in kW; undefined if it was never reported */
  left(id: string, capacity: number | undefined): void {
    this.#departed.delete(id);
    this.#departed.set(id, { capacity, at: this.#now() });
    const [oldest] = this.#departed.keys();
    if (this.#departed.size > LIMIT && oldest !== undefined) this.#departed.delete(oldest);
  }

  returned(id: string): void {
    this.#departed.delete(id);
  }

  /** Returns the replicas that may return and are large enough for a request of `amount` kW. */
  largeEnough(amount: number): string[] {
    const since = this.#now() - MAY_RETURN_MS;
    for (const [id, { at }] of this.#departed) if (at < since) this.#departed.delete(id);
    return [...this.#departed].flatMap(([id, { capacity }]) =>
      capacity === undefined || capacity >= amount ? [id] : [],
    );
  }
}
