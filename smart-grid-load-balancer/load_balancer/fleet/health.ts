import { type BackoffLimits, exponentialMs } from '@gridclock/service-kit/backoff';

export type HealthOptions = {
  /** Consecutive failures that eject a substation. */
  failuresToEject: number;
  /** The length of an ejection; it doubles with each further one. */
  ejection: BackoffLimits;
  /** After this time without an ejection, in milliseconds, the next one is a first one again. */
  resetAfterMs: number;
};

type State =
  | { kind: 'unknown' }
  | { kind: 'up'; since: number }
  /** Responses before `until` do not readmit the substation. */
  | { kind: 'ejected'; until: number };

/**
 * Ejects a substation whose polls fail repeatedly. Polls continue meanwhile; after the ejection time, the first
 * success readmits the substation. A response to a charge is a success too; `ChargeHealth` counts failed charges.
 * Ejections have no jitter: polls have, and full jitter could make an ejection 0 ms long.
 * Times are in milliseconds and are passed in.
 */
export class Health {
  readonly #options: HealthOptions;
  #state: State = { kind: 'unknown' };
  #consecutiveFailures = 0;
  #ejections = 0;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  get kind(): State['kind'] {
    return this.#state.kind;
  }

  /** Whether the last poll failed. */
  get isFailing(): boolean {
    return this.#consecutiveFailures > 0;
  }

  /**
   * Records a response to a poll or a request.
   *
   * @returns true when this response readmitted the substation
   */
  succeeded(now: number): boolean {
    this.#consecutiveFailures = 0;
    const state = this.#state;
    if (state.kind === 'ejected' && now < state.until) return false;
    if (state.kind === 'up') {
      if (now - state.since >= this.#options.resetAfterMs) this.#ejections = 0;
      return false;
    }
    this.#state = { kind: 'up', since: now };
    return state.kind === 'ejected';
  }

  /**
   * Records a poll without a response.
   *
   * @returns true when this failure ejected the substation
   */
  failed(now: number): boolean {
    const { ejection, failuresToEject } = this.#options;
    this.#consecutiveFailures += 1;
    if (this.#state.kind === 'ejected' || this.#consecutiveFailures < failuresToEject) return false;
    this.#ejections += 1;
    this.#state = { kind: 'ejected', until: now + exponentialMs(ejection, this.#ejections) };
    return true;
  }
}

/**
 * Returns the default options for a poll interval in milliseconds.
 *
 * - Two failures eject: one lost packet is not an outage.
 * - The first ejection lasts one poll, so a restarted substation is back with its first response.
 * - The longest lasts 30 polls: an operator needs about that long to look.
 * - Ten polls without an ejection reset the length.
 */
export function healthOptions(pollIntervalMs: number): HealthOptions {
  return {
    failuresToEject: 2,
    ejection: { firstMs: pollIntervalMs, longestMs: 30 * pollIntervalMs },
    resetAfterMs: 10 * pollIntervalMs,
  };
}
