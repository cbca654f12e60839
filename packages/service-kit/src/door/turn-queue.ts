/** 4 ms: long enough to handle a dozen requests, short enough that a probe's few turns take some 20 ms. */
const SLICE_MS = 4;

/**
 * 0.5 ms while connections arrive: libuv accepts one per turn of the event loop, so a probe's new connection would wait
 * for as many long turns as there are others before it.
 */
const ACCEPTING_SLICE_MS = 0.5;

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

  /** @param now returns milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs an action when those before it have run; at the earliest after the current events. */
  add(action: () => void): void {
    this.#actions.push(action);
    this.#schedule();
  }

  /** Keeps this turn short, because further connections may wait to be accepted. */
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
    const end = this.#now() + (this.#isAccepting ? ACCEPTING_SLICE_MS : SLICE_MS);
    this.#isAccepting = false;
    do this.#actions[this.#next++]?.();
    while (this.#next < this.#actions.length && this.#now() < end);
    const isEmpty = this.#next === this.#actions.length;
    if (isEmpty || this.#next >= FORGET_AFTER) {
      this.#actions.splice(0, this.#next);
      this.#next = 0;
    }
    if (!isEmpty) this.#schedule();
  }
}
