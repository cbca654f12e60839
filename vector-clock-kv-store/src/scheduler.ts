/** Time as the store sees it, so that a simulation can run the same code on a clock of its own. */
export interface Scheduler {
  /** Milliseconds since some fixed moment; only differences mean anything. */
  now(): number;
  /** Runs `action` once after `delayMs`; the returned function takes that back. */
  after(delayMs: number, action: () => void): () => void;
}

/** Resolves after `ms` milliseconds. */
export function sleep(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.after(ms, resolve);
  });
}

/** Real time. */
export const realScheduler: Scheduler = {
  now: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
