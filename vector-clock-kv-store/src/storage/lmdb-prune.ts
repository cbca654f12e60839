import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import type { LmdbLog } from './lmdb-log.ts';

/** The log writes of one node, or tombstones, removed per transaction. Removing this many takes a few milliseconds. */
export const PRUNE_AT_ONCE = 5_000;

/**
 * Removes the log up to a clock, as far as one transaction should go. Call it inside one.
 *
 * @param before what the log has been pruned up to
 * @param clock the stored writes: what is not there yet cannot be pruned
 * @returns what the log is pruned up to now, and the bytes that it has shrunk by
 */
export function pruneLog(
  log: LmdbLog,
  { before, upTo, clock }: { before: VectorClock; upTo: VectorClock; clock: VectorClock },
): { pruned: VectorClock; bytes: number } {
  const pruned: Record<NodeId, number> = { ...before };
  let bytes = 0;
  for (const [origin, counter] of Object.entries(upTo)) {
    const from = counterOf(pruned, origin) + 1;
    const to = Math.min(counter, counterOf(clock, origin), from + PRUNE_AT_ONCE - 1);
    bytes += log.remove(origin, from, to);
    if (to >= from) pruned[origin] = to;
  }
  return { pruned, bytes };
}
