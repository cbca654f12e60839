export type RetryBudgetOptions = {
  /** Retries per request. */
  share: number;
  /** Further retries per second, so that a quiet service may retry too. */
  minPerS: number;
  /** Milliseconds, from a clock that does not go backwards. */
  now: () => number;
};

/** 10 s: several times as long as a request and its retries. */
const WINDOW_MS = 10_000;

/** The default budget: 20 % of the requests, as Envoy and Finagle have, and one a second. */
export const RETRY_BUDGET = { share: 0.2, minPerS: 1 };

/**
 * Limits retries to a share of the requests of the last ten seconds, so that retries cannot multiply the load of a
 * service that is slow because it is overloaded. Counts as Finagle's RetryBudget does.
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  /** Requests and retries, by second. */
  readonly #seconds = new Map<number, { requests: number; retries: number }>();

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
  }

  /** Counts a request. */
  request(): void {
    this.#current().requests += 1;
  }

  /** Returns whether one more retry is allowed, and counts it if it is. */
  tryRetry(): boolean {
    const { minPerS, share } = this.#options;
    const current = this.#current();
    let requests = 0;
    let retries = 0;
    for (const second of this.#seconds.values()) {
      requests += second.requests;
      retries += second.retries;
    }
    if (retries + 1 > share * requests + (minPerS * WINDOW_MS) / 1_000) return false;
    current.retries += 1;
    return true;
  }

  #current() {
    const second = Math.floor(this.#options.now() / 1_000);
    for (const past of this.#seconds.keys()) {
      if (past <= second - WINDOW_MS / 1_000) this.#seconds.delete(past);
      else break;
    }
    const current = this.#seconds.get(second) ?? { requests: 0, retries: 0 };
    this.#seconds.set(second, current);
    return current;
  }
}
