import type { Write } from '../causality/write.ts';

/** How much of the log is taken at once. */
export type LogLimit = { writes: number; bytes: number };

/** The start of `writes` that fits the limit as JSON; at least the first, so that a large one is not stuck. */
export function within(limit: LogLimit, writes: readonly Write[]): Write[] {
  let bytes = 0;
  const candidates = writes.slice(0, limit.writes);
  const end = candidates.findIndex((write, index) => {
    bytes += Buffer.byteLength(JSON.stringify(write));
    return index > 0 && bytes > limit.bytes;
  });
  return end === -1 ? candidates : candidates.slice(0, end);
}
