export type HealthOptions = {
  /** Consecutive failures that eject a substation. */
  failuresToEject: number;
  /** How long the first ejection lasts at least, in milliseconds; it doubles with each further one. */
  firstEjectionMs: number;
  /** Where the doubling ends, in milliseconds. */
  longestEjectionMs: number;
  /** After so many milliseconds without an ejection the next one is a first one again. */
  forgivenAfterMs: number;
};

type State =
  | { kind: 'unknown' }
  | { kind: 'up'; since: number }
  /** Not before `until` does a sign of life bring it back. */
  | { kind: 'ejected'; until: number };

/**
 * Whether a substation answers. How loaded it is, is another matter: a refusal for want of capacity is a sign
 * of life. Times are in milliseconds and are passed in.
 */
export class Health {
  readonly #options: HealthOptions;
  #state: State = { kind: 'unknown' };
  #failuresInARow = 0;
  #ejections = 0;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  get kind(): State['kind'] {
    return this.#state.kind;
  }

  /** It has answered, a poll or a request. */
  answered(now: number): void {
    this.#failuresInARow = 0;
    const state = this.#state;
    if (state.kind === 'ejected' && now < state.until) return;
    if (state.kind === 'up') {
      if (now - state.since >= this.#options.forgivenAfterMs) this.#ejections = 0;
      return;
    }
    this.#state = { kind: 'up', since: now };
  }

  /**
   * It has not answered.
   *
   * @returns true when this ejected
   */
  failed(now: number): boolean {
    this.#failuresInARow += 1;
    if (this.#state.kind === 'ejected' || this.#failuresInARow < this.#options.failuresToEject) return false;
    const { firstEjectionMs, longestEjectionMs } = this.#options;
    const holdMs = Math.min(firstEjectionMs * 2 ** this.#ejections, longestEjectionMs);
    this.#state = { kind: 'ejected', until: now + holdMs };
    this.#ejections += 1;
    return true;
  }
}

/**
 * The usual options for a poll interval in milliseconds.
 *
 * Two failures, because one lost packet is no outage. The first ejection lasts one poll, so that a substation
 * that was merely restarted is back with its first answer; 30 polls are the longest, about the time a person
 * needs to look. Ten quiet polls forgive.
 */
export function healthOptions(pollIntervalMs: number): HealthOptions {
  return {
    failuresToEject: 2,
    firstEjectionMs: pollIntervalMs,
    longestEjectionMs: 30 * pollIntervalMs,
    forgivenAfterMs: 10 * pollIntervalMs,
  };
}
