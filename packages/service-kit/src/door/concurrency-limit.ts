/** Counts of requests, and times in milliseconds. */
export type ConcurrencyLimitOptions = {
  /** The limit never falls below this. */
  floor: number;
  /** The limit of a new process, and of one that is not overloaded any more. */
  start: number;
  ceiling: number;
  /** How long a request should wait, on average, until the process begins to handle it. */
  targetMs: number;
  /** How long requests are observed before the limit is adapted. */
  windowMs: number;
};

/** Grows by a tenth per window: from the floor to the start in 29 windows, without overshooting by much. */
const GROWTH = 1.1;

/** One window with an interruption, such as a garbage collection, halves the limit at most. */
const LARGEST_CUT = 0.5;

/**
 * The number of requests that a process may have in progress, adapted to the time that requests wait for it.
 *
 * Queueing delay shows overload. Response time does not: a response may wait for a disk, a peer or a client's causal
 * context while this process is idle. The idea is DAGOR's (Zhou et al., "Overload Control for Scaling WeChat
 * Microservices", SoCC 2018). As in Breakwater (Cho et al., OSDI 2020), the limit grows while the delay is below a
 * target and requests are refused, and is cut by as much as the delay is above it.
 */
export class ConcurrencyLimit {
  readonly #options: ConcurrencyLimitOptions;
  #limit: number;
  #windowEnd: number | undefined;
  #started = 0;
  #delayMs = 0;
  #refused = 0;

  constructor(options: ConcurrencyLimitOptions) {
    this.#options = options;
    this.#limit = options.start;
  }

  /** How many requests may be in progress, a whole number. */
  get current(): number {
    return Math.floor(this.#limit);
  }

  /** A request beyond the limit was refused. */
  refused(now: number): void {
    this.#refused++;
    this.#observe(now);
  }

  /** The process begins to handle a request that has waited for it. */
  started(delayMs: number, now: number): void {
    this.#started++;
    this.#delayMs += delayMs;
    this.#observe(now);
  }

  #observe(now: number): void {
    this.#windowEnd ??= now + this.#options.windowMs;
    if (now < this.#windowEnd) return;
    this.#adapt(this.#started === 0 ? 0 : this.#delayMs / this.#started);
    this.#windowEnd = undefined;
    this.#started = 0;
    this.#delayMs = 0;
    this.#refused = 0;
  }

  #adapt(delayMs: number): void {
    const { ceiling, floor, start, targetMs } = this.#options;
    if (delayMs > targetMs)
      this.#limit = Math.max(floor, this.#limit * Math.max(LARGEST_CUT, targetMs / delayMs));
    else if (this.#refused > 0) this.#limit = Math.min(ceiling, this.#grown());
    // Nobody is refused: forget the last overload.
    else if (this.#limit < start) this.#limit = Math.min(start, this.#grown());
  }

  /** Grows the whole number in use: a fraction that was never tried would add to the step beyond the target. */
  #grown(): number {
    return Math.max(this.current + 1, this.current * GROWTH);
  }
}
