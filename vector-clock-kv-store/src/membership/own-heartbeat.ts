import type { LifeId } from '../causality/lineage.ts';
import { nameOf } from '../causality/node-id.ts';
import { zeroClock } from '../causality/vector-clock.ts';
import { highestHeardOf } from '../replication/heard-of.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Heartbeat } from '../replication/transport.ts';
import type { WireFormats } from '../replication/wire-formats.ts';
import { reportedHeardOf, reportedPruned } from '../retirement/reported-clocks.ts';
import type { Storage } from '../storage/storage.ts';
import type { CausalStore } from '../store/causal-store.ts';
import type { ClaimRegistry } from './claim-registry.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { NodeStatus } from './node-lifecycle.ts';
import type { OwnIdentity } from './own-identity.ts';

/** The name and the life that a request states. */
export type Requester = { name?: string | undefined; life?: LifeId | undefined };

type Reporter = {
  name: string;
  status: NodeStatus;
  identity: OwnIdentity;
  registry: ClaimRegistry;
  directory: MemberDirectory;
  storage: Storage;
  /** Undefined while the node starts, as the replicator. */
  store: CausalStore | undefined;
  replicator: Replicator | undefined;
  wire: WireFormats;
};

/** Returns what a node reports to its peers. */
export function ownHeartbeat(
  { name, status, identity, registry, directory, storage, store, replicator, wire }: Reporter,
  requester: Requester = {},
): Heartbeat {
  const { retired, clock, pruned } = storage;
  const stable = replicator?.stableClock() ?? zeroClock;
  const record = requester.name === undefined ? undefined : registry.of(nameOf(requester.name));
  const differs = requester.life !== undefined && record?.at(-1)?.life !== requester.life;
  return {
    name,
    id: identity.id,
    status,
    life: identity.life,
    lineage: identity.reportedLineage,
    ...(differs ? { record: record ?? [] } : {}),
    needs: requester.name === undefined ? undefined : directory.needsOf(nameOf(requester.name)),
    ...(storage.identity?.disowned === undefined ? {} : { replacing: true }),
    retired: retired.size,
    clock: retired.compact(clock, store?.id ?? name),
    heardOf: reportedHeardOf(retired, clock, highestHeardOf(clock, store)),
    pruned: reportedPruned(retired, pruned, stable),
    peers: directory.peers,
    removed: directory.removed,
    wire,
  };
}
