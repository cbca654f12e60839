import type { NodeId } from '../causality/node-id.ts';
import { counterOf, descends, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { LmdbLog } from './lmdb-log.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import type { Storage } from './storage.ts';

/** The log writes of one node, or tombstones, removed per transaction. Removing this many takes a few milliseconds. */
export const PRUNE_AT_ONCE = 5_000;

/**
 * Removes the log up to a clock, as far as one transaction should go. Call it inside one.
 *
 * @param state the node's state in memory: what is not stored yet cannot be pruned
 * @returns what the log is pruned up to now, and its size
 */
export function pruneLog(
  log: LmdbLog,
  meta: LmdbMeta,
  state: NodeState,
  upTo: VectorClock,
): Pick<NodeState, 'pruned' | 'logBytes'> {
  // Read from disk, not from the state in memory: a snapshot may have been installed since.
  const pruned: Record<NodeId, number> = { ...(meta.get('pruned') ?? zeroClock) };
  let logBytes = meta.get('logBytes') ?? state.logBytes;
  for (const [origin, counter] of Object.entries(upTo)) {
    const from = counterOf(pruned, origin) + 1;
    const to = Math.min(counter, counterOf(state.clock, origin), from + PRUNE_AT_ONCE - 1);
    logBytes -= log.remove(origin, from, to);
    if (to >= from) pruned[origin] = to;
  }
  meta.put({ pruned, logBytes });
  return { pruned, logBytes };
}

/** The keys of writes, some of which may not be stored yet. */
type StoredKeys = {
  /** Limits a clock to the writes whose keys are stored. */
  limit: (clock: VectorClock) => VectorClock;
  storeAll: () => Promise<void>;
};

/**
 * Prunes the log up to a clock, the writes whose keys are stored first. Storing the others takes room, and on a full disk
 * only the log may have it. Large removals take several calls.
 *
 * @param prune prunes as far as one transaction should go
 */
export async function pruneStoredFirst(
  storage: Pick<Storage, 'pruned'>,
  upTo: VectorClock,
  keys: StoredKeys,
  prune: (upTo: VectorClock) => Promise<void>,
): Promise<void> {
  const stored = keys.limit(upTo);
  if (!descends(storage.pruned, stored)) await prune(stored);
  if (!descends(storage.pruned, stored) || descends(stored, upTo)) return;
  await keys.storeAll();
  await prune(upTo);
}

/** Removes the whole log of some nodes, in transactions of bounded size. */
export async function pruneAll(
  storage: Pick<Storage, 'clock' | 'pruned' | 'prune'>,
  origins: readonly NodeId[],
): Promise<void> {
  const upTo = Object.fromEntries(origins.map((origin) => [origin, counterOf(storage.clock, origin)]));
  while (!descends(storage.pruned, upTo)) await storage.prune(upTo);
}
