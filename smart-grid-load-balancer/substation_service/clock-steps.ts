/** A second: time synchronisation corrects less by running the clock faster or slower, which the next call absorbs. */
const STEP_MS = 1_000;

/** Notices when the wall clock is set, by comparing it with a clock that cannot be. Both in milliseconds. */
export class ClockSteps {
  readonly #wallClock: () => number;
  readonly #monotonic: () => number;
  #offset: number;

  constructor(wallClock: () => number, monotonic: () => number) {
    this.#wallClock = wallClock;
    this.#monotonic = monotonic;
    this.#offset = wallClock() - monotonic();
  }

  /** Returns by how much the wall clock was set since the last call; 0 if it was not. */
  take(): number {
    const offset = this.#wallClock() - this.#monotonic();
    const step = offset - this.#offset;
    if (Math.abs(step) < STEP_MS) return 0;
    this.#offset = offset;
    return Math.round(step);
  }
}
