import type { NodeId } from '../causality/node-id.ts';
import { descends, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { prunedAfterInstall } from './installed-log.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbLog } from './lmdb-log.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import { addWrites } from './lmdb-writes.ts';
import type { InstallExtras } from './storage.ts';

/** What an installation changes of the node's state. */
export type InstalledState = Omit<NodeState, 'claims'>;

type Installation = {
  log: LmdbLog;
  /** The key space with the staged keys. */
  space: LmdbKeySpace;
  clock: VectorClock;
  awaited: VectorClock;
  /** The nodes whose log writes do not count any more. */
  changed: readonly NodeId[];
  extras: InstallExtras | undefined;
};

/** Makes the staged keys the node's data; see `Storage.installStaged`. Call it inside a transaction. */
export function switchToStaged(
  meta: LmdbMeta,
  before: NodeState,
  { awaited, changed, clock, extras, log, space }: Installation,
): InstalledState {
  const active = 1 - before.active;
  const counted: Record<NodeId, number> = { ...clock };
  const retired = extras?.retired ?? before.retired;
  // Read from disk, not from the state in memory: a round of pruning may still be on its way.
  const pruned = prunedAfterInstall(meta.get('pruned') ?? zeroClock, clock, changed);
  let identity = extras?.identity ?? meta.get('identity');
  if (identity !== undefined && !descends(clock, awaited)) identity = { ...identity, caughtUp: false };
  const grown = addWrites(extras?.writes ?? [], { log, space, retired, clock: counted });
  const logBytes = (meta.get('logBytes') ?? before.logBytes) + grown;
  meta.put({ active, clock: retired.compact(counted), pruned, awaited, logBytes });
  if (extras !== undefined) meta.put({ retired: retired.all });
  if (identity !== undefined) meta.put({ identity });
  return { active, retired, clock: counted, pruned, awaited, logBytes, identity };
}
