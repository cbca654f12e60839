/** The limits of an exponential backoff, in milliseconds. */
export type BackoffLimits = { firstMs: number; longestMs: number };

/**
 * The exponential delay after a number of failures in a row: `firstMs`, then twice as much each time, at most
 * `longestMs`.
 *
 * @param failures 1 after the first failure
 */
export function exponentialMs({ firstMs, longestMs }: BackoffLimits, failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
}

/**
 * A random delay between 0 and the exponential one ("full jitter"), so that clients that failed together do not
 * retry together. M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param failures 1 after the first failure
 * @param random uniform in [0, 1)
 */
export function fullJitterMs(limits: BackoffLimits, failures: number, random: () => number): number {
  return random() * exponentialMs(limits, failures);
}
