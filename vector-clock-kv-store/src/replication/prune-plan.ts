import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import type { Storage } from '../storage/storage.ts';

/** How much of the log remains although nobody needs it: of each node at most `writes`, together at most `bytes`. */
export type Retention = { writes: number; bytes: number };

export type PlannedLog = Pick<Storage, 'clock' | 'pruned' | 'logBytes' | 'logSizes'>;

/** The most writes of one plan: looking up their sizes takes a few milliseconds. */
export const PLANNED_AT_ONCE = 5_000;

/**
 * Plans one step of pruning: first each node's writes beyond `retention.writes`, then as many more as the bytes exceed
 * `retention.bytes`. These come from the node that has the most writes left, so that all nodes keep about as many.
 *
 * @param prunable no write beyond this clock is pruned
 * @returns the clock to prune up to; it equals `log.pruned` once there is nothing left to do
 */
export function planPruning(log: PlannedLog, prunable: VectorClock, retention: Retention): VectorClock {
  const origins = Object.keys(prunable).filter((origin) => limitOf(origin) > counterOf(log.pruned, origin));
  const plan: Record<NodeId, number> = { ...log.pruned };
  let left = PLANNED_AT_ONCE;
  for (const origin of origins) {
    const pruned = counterOf(log.pruned, origin);
    const retainedFrom = counterOf(log.clock, origin) - retention.writes;
    const count = Math.min(left, Math.max(0, Math.min(limitOf(origin), retainedFrom) - pruned));
    if (count > 0) plan[origin] = pruned + count;
    left -= count;
  }
  let excess = log.logBytes - retention.bytes;
  if (excess <= 0) return plan;
  const sizes = new Map(
    origins.map((origin) => [origin, log.logSizes(origin, counterOf(log.pruned, origin))[Symbol.iterator]()]),
  );
  const next = (origin: NodeId): number => sizes.get(origin)?.next().value ?? 0;
  for (const origin of origins) {
    for (let at = counterOf(log.pruned, origin); at < counterOf(plan, origin); at++) excess -= next(origin);
  }
  for (; excess > 0 && left > 0; left--) {
    const origin = longest(origins.filter((candidate) => counterOf(plan, candidate) < limitOf(candidate)));
    if (origin === undefined) break;
    plan[origin] = counterOf(plan, origin) + 1;
    excess -= next(origin);
  }
  return plan;

  function limitOf(origin: NodeId): number {
    return Math.min(counterOf(prunable, origin), counterOf(log.clock, origin));
  }

  function longest(candidates: readonly NodeId[]): NodeId | undefined {
    const remaining = (origin: NodeId) => counterOf(log.clock, origin) - counterOf(plan, origin);
    return candidates.reduce<NodeId | undefined>(
      (most, origin) => (most === undefined || remaining(origin) > remaining(most) ? origin : most),
      undefined,
    );
  }
}
