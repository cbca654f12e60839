/** Time as a service sees it, so that tests and simulations can run the same code on a clock of their own. */
export interface Scheduler {
  /** Milliseconds since some fixed moment, never going backwards; only differences mean anything. */
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
