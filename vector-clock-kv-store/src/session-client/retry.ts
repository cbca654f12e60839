import { LONGEST_TIMER_MS, requireNumber } from './check-arguments.ts';

/** When a call is tried again on nodes that refused it or could not be reached. */
export type RetryPolicy = {
  /** How many more times all nodes are asked; 3 by default, 0 for none. */
  rounds: number;
  /** The mean pause before the first further round is half of it, in milliseconds; doubled for each later one. */
  firstMs: number;
  /** The longest pause, in milliseconds. */
  longestMs: number;
};

/** 3 more rounds within about a second: longer than a restart of a proxy, shorter than a user waits. */
const defaultRetry: RetryPolicy = { rounds: 3, firstMs: 200, longestMs: 2_000 };

/** What a server asks for is added to a pause, so that it is up to twice as long. */
const LONGEST_PAUSE_MS = Math.floor(LONGEST_TIMER_MS / 2);

/** Adds the defaults to a policy. @throws TypeError if a number of it is none */
export function retryPolicyOf({
  rounds = defaultRetry.rounds,
  firstMs = defaultRetry.firstMs,
  longestMs = defaultRetry.longestMs,
}: Partial<RetryPolicy> = {}): RetryPolicy {
  requireNumber('retry.rounds', rounds, 0, Number.POSITIVE_INFINITY);
  requireNumber('retry.firstMs', firstMs, 0, LONGEST_PAUSE_MS);
  requireNumber('retry.longestMs', longestMs, 0, LONGEST_PAUSE_MS);
  return { rounds, firstMs, longestMs };
}

/** The pause before a further round of one call. */
type Pause = {
  policy: RetryPolicy;
  /** 1 before the first further round. */
  round: number;
  /** How long a server asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Uniform in [0, 1). */
  random: () => number;
};

/**
 * Draws a pause between 0 and the exponential one ("full jitter"), so that clients that failed together do not retry
 * together. What a server asked for is added, at most the longest pause.
 *
 * M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function pauseMs({ policy, round, retryAfterMs = 0, random }: Pause): number {
  const { firstMs, longestMs } = policy;
  return Math.min(longestMs, retryAfterMs) + random() * Math.min(longestMs, firstMs * 2 ** (round - 1));
}

/** Waits. @throws the signal's reason as soon as it aborts */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
