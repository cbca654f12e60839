import type { CancelSignal } from './cancellation.ts';

/** The time a component sees. Tests and simulations pass a clock they control. */
export interface Scheduler {
  /** Milliseconds since a fixed moment; never decreases. Only differences are meaningful. */
  now(): number;
  /** Runs `action` once after `delayMs`. The returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
export function sleep(scheduler: Scheduler, ms: number, signal?: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = scheduler.after(ms, wake);
    signal?.addEventListener('abort', wake);
  });
}

/** Runs `action` every `intervalMs`, for the first time after one interval. The returned function stops it. */
export function repeat(scheduler: Scheduler, intervalMs: number, action: () => void): () => void {
  let cancel = scheduler.after(intervalMs, run);
  return () => cancel();

  function run(): void {
    cancel = scheduler.after(intervalMs, run);
    action();
  }
}

/** The process's monotonic clock and timers. */
export const realScheduler: Scheduler = {
  now: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
