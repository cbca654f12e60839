import type { Write } from '../causality/write.ts';
import { bytesOf } from './encoded-write.ts';

/** The most writes to read from a log at once, and their most bytes as JSON. */
export type LogLimit = { writes: number; bytes: number };

/**
 * Takes writes from the start of a log while they fit the limit. Always takes the first one, so that a write larger
 * than the limit is not stuck. Reads at most one write too many, because a log may be larger than memory.
 */
export function takeWithin(limit: LogLimit, writes: Iterable<Write>): Write[] {
  const taken: Write[] = [];
  let bytes = 0;
  for (const write of writes) {
    bytes += bytesOf(write);
    if (taken.length > 0 && bytes > limit.bytes) break;
    taken.push(write);
    if (taken.length >= limit.writes) break;
  }
  return taken;
}
