import type { Write } from '../causality/write.ts';

/** How much of the log is taken at once. */
export type LogLimit = { writes: number; bytes: number };

/**
 * The start of `writes` that fits the limit as JSON; at least the first, so that a large one is not stuck. Of what
 * comes after it, no more than one is looked at: a log may be longer than memory.
 */
export function takeWithin(limit: LogLimit, writes: Iterable<Write>): Write[] {
  const start: Write[] = [];
  let bytes = 0;
  for (const write of writes) {
    bytes += Buffer.byteLength(JSON.stringify(write));
    if (start.length > 0 && bytes > limit.bytes) break;
    start.push(write);
    if (start.length >= limit.writes) break;
  }
  return start;
}
