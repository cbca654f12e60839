/** Time, to be had from outside. */
export type Clock = {
  /** Milliseconds, never going backwards. */
  now: () => number;
  /** Calls back once after so many milliseconds. Returns how to call that off. */
  after: (ms: number, run: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
