/** How many requests a balancer has sent. */
export type RequestCount = { total: number };

type Start = { at: number; load: number; total: number };

/**
 * Ramps a substation up after its return: within `rampMs`, its load may grow only as fast as from its load then to its
 * capacity, and its share of the requests only from none to all. Without this, a returned substation, often the
 * emptiest, gets every request for a second, also if it is about to fail again. Envoy has the same under this name.
 *
 * Power in kW; times in milliseconds, passed in.
 */
export class SlowStart {
  readonly #rampMs: number;
  readonly #requests: RequestCount;
  #start: Start | undefined;
  #sent = 0;

  /** @param requests of all substations together, which the owner counts */
  constructor(rampMs: number, requests: RequestCount) {
    this.#rampMs = rampMs;
    this.#requests = requests;
  }

  begin(load: number, now: number): void {
    this.#start = { at: now, load, total: this.#requests.total };
    this.#sent = 0;
  }

  /** Counts a request to this substation. */
  sent(): void {
    this.#sent += 1;
  }

  isOver(now: number): boolean {
    return this.#start === undefined || now - this.#start.at >= this.#rampMs;
  }

  /** Returns up to which load routing prefers this substation; undefined while it is not ramped up. */
  limit(capacity: number, now: number): number | undefined {
    if (this.#start === undefined || this.isOver(now)) return undefined;
    const { at, load, total } = this.#start;
    const share = (now - at) / this.#rampMs;
    // The first request shows whether it works.
    if (this.#sent > share * (this.#requests.total - total)) return Number.NEGATIVE_INFINITY;
    return load + Math.max(0, capacity - load) * share;
  }
}
