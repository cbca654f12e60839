/** 4 ms: long enough to handle a dozen requests, short enough that a probe's few turns take some 20 ms. */
const SLICE_MS = 4;

/**
 * 10 ms without actions, while connections arrive. libuv accepts one per turn of the event loop, so a probe's new
 * connection waits for as many turns as there are others before it; a turn without actions takes a fraction of a
 * millisecond.
 */
const ACCEPTING_MS = 10;

/** Rarely, because it copies the rest. */
const FORGET_AFTER = 1_000;

/** Runs actions in order, a few milliseconds of them per turn of the event loop. */
export class TurnQueue {
  readonly #now: () => number;
  #actions: (() => void)[] = [];
  /** The first action that has not run. */
  #next = 0;
  #isScheduled = false;
  #isAccepting = false;
  #ranAt = Number.NEGATIVE_INFINITY;

  /** @param now returns milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs an action when those before it have run; at the earliest after the current events. */
  add(action: () => void): void {
    this.#actions.push(action);
    this.#schedule();
  }

  /** Ends this turn early, because further connections may wait to be accepted. */
  connectionAccepted(): void {
    this.#isAccepting = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#isScheduled = false;
    const now = this.#now();
    const isPostponed = this.#isAccepting && now - this.#ranAt < ACCEPTING_MS;
    this.#isAccepting = false;
    if (isPostponed) this.#schedule();
    else this.#runUntil(now + SLICE_MS);
  }

  #runUntil(end: number): void {
    do this.#actions[this.#next++]?.();
    while (this.#next < this.#actions.length && this.#now() < end);
    this.#ranAt = this.#now();
    const isEmpty = this.#next === this.#actions.length;
    if (isEmpty || this.#next >= FORGET_AFTER) {
      this.#actions.splice(0, this.#next);
      this.#next = 0;
    }
    if (!isEmpty) this.#schedule();
  }
}
