import { LONGEST_TIMER_MS } from './check-arguments.ts';

/** Aborts when its time has passed, or when the caller's signal aborts. */
export type Deadline = {
  signal: AbortSignal;
  /** Gives the whole time again. */
  restart: () => void;
  /** Stops the time, until `restart`. */
  pause: () => void;
  /** Ends it. Also the caller's signal no longer aborts it. */
  stop: () => void;
};

/**
 * Starts a deadline.
 *
 * Not with AbortSignal.any: before Node.js 22, each call would stay in the memory of a caller's long-lived signal.
 *
 * @param caller the signal of the caller, if there is one
 */
export function startDeadline(ms: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const start = () => setTimeout(abort, Math.min(ms, LONGEST_TIMER_MS));
  let timer = start();
  caller?.addEventListener('abort', abort, { once: true });
  if (caller?.aborted) abort();
  return {
    signal: controller.signal,
    restart: () => {
      clearTimeout(timer);
      timer = start();
    },
    pause: () => clearTimeout(timer),
    stop: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', abort);
    },
  };
}
