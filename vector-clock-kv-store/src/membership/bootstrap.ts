import type { Logger } from '@gridclock/service-kit';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import {
  type Disowned,
  disownedBy,
  type Lineage,
  withConfirmed,
  withRecorded,
  withTenure,
} from '../causality/lineage.ts';
import { incarnationOf, incarnationSuffix, type NodeId } from '../causality/node-id.ts';
import { clockSum, counterOf } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { hasRoom, type LiveIds } from '../retirement/id-room.ts';
import type { Storage } from '../storage/storage.ts';
import { askThoseUp, askUntilAllRespond, type PeerHeartbeat } from './ask-peers.ts';
import { isWitnessed, judge, type MemberAnswer, sendClaim } from './claim-identity.ts';
import { isOutdated } from './forgotten-deletions.ts';
import { joinCluster } from './join-cluster.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { OwnIdentity } from './own-identity.ts';

export type BootstrapOptions = {
  /** The node's configured name. */
  name: string;
  storage: Storage;
  /** The URL where the other nodes reach this node; needed to join a cluster that does not list it. */
  advertisedUrl?: string | undefined;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a starting node waits for every peer to respond, in milliseconds. With data it waits less. */
  peerWaitMs: number;
  logger: Logger;
};

export type Bootstrap = {
  /** The id that the node counts its writes under; it is stored. */
  id: NodeId;
  /** Whether the node has every write it acknowledged, so that it can serve without catching up. */
  caughtUp: boolean;
  /** The peers' heartbeats. */
  peers: readonly PeerHeartbeat[];
};

/** 5 s: a node with data can serve without its peers; not to have asked all of them costs one clock entry. */
const MAX_WAIT_WITH_DATA_MS = 5_000;

/** 2 s: soon enough to notice that the other process has stopped. */
const RETRY_MS = 2_000;

type BootstrapRun = {
  /** Whether to start a new incarnation in any case. */
  renew: boolean;
  stopped: () => boolean;
  /** Called with the name of a member that reports another process. */
  onTaken: (by: string) => void;
  /** Called if a member knows what the stored data cannot have written: it may be an earlier copy. */
  onContradicted: () => void;
  /** Called before a new incarnation follows on stored data: these, and the records of others, may be an earlier copy. */
  onDoubt?: () => Promise<void>;
};

/**
 * Decides which id a node counts its writes under, and joins the cluster.
 *
 * A node takes its plain name only if every member has answered its claim and none objects; nor does a removed node that
 * still answers. A node that knows of removed nodes only needs their answers. To continue its numbering with data that may
 * be a copy, it also needs a witness: all nodes that it knows may have been restored with it from copies that are older than
 * other members.
 * Otherwise it starts a new incarnation. While another process holds its name, it waits.
 */
export async function bootstrap(
  options: BootstrapOptions,
  directory: MemberDirectory,
  identity: OwnIdentity,
  { renew, stopped, onTaken, onContradicted, onDoubt = async () => {} }: BootstrapRun,
): Promise<Bootstrap> {
  const { advertisedUrl, logger, name, peerWaitMs, random, scheduler, storage } = options;
  const discover = (heartbeat: Heartbeat) =>
    (heartbeat.peers ?? [])
      .filter(({ id }) => id !== name && directory.peers.every((peer) => peer.id !== id))
      .map((peer) => directory.endpointOf(peer));
  while (!stopped()) {
    const stored = storage.identity;
    const before = stored?.lineage ?? [];
    const tenure = { life: identity.life, id: stored?.id ?? name };
    const pending = withTenure(stored?.pending ?? [], {
      ...tenure,
      from: counterOf(storage.clock, tenure.id),
    });
    const lineage = pending.reduce(withTenure, before);
    const caughtUp = stored?.caughtUp ?? false;
    if (caughtUp) identity.expectOwnWrites(before);
    // Stored first: a node that is killed now must know its own claims when it returns.
    await storage.adopt({ ...stored, id: tenure.id, caughtUp, lineage: before, pending });
    identity.take(tenure.id, lineage);

    const waitMs = caughtUp ? Math.min(peerWaitMs, MAX_WAIT_WITH_DATA_MS) : peerWaitMs;
    const deadline = scheduler.now() + waitMs;
    const members = directory.endpoints();
    const former = directory.formerEndpoints();
    const alone = members.length === 0;
    // Where all others were removed, only they could object. Otherwise they may, if they are still there.
    const [responses, others] = await Promise.all([
      askUntilAllRespond(alone ? former : members, discover, scheduler, waitMs, stopped),
      askThoseUp(alone ? [] : former, scheduler),
    ]);
    const peers = alone ? [] : responses;
    // To go on without them would be a partition that no repaired network ends. Nodes that serve already do go on.
    const isRefused = peers.some(({ isIncompatible }) => isIncompatible);
    if (isRefused && peers.every(({ heartbeat }) => heartbeat === undefined)) {
      await sleep(scheduler, RETRY_MS);
      continue;
    }
    const asked = [...responses, ...others];
    // A claim is compared with the lives that this node reports.
    for (const { heartbeat } of asked) identity.recall(heartbeat?.record ?? []);
    const returning = renew || caughtUp || clockSum(storage.clock) > 0;
    await joinCluster(name, advertisedUrl, peers, logger, returning);
    const send = (confirm: boolean, until: number) =>
      sendClaim(
        { identity, request: { id: name, life: identity.life, url: advertisedUrl, confirm } },
        asked,
        { scheduler, until, stopped },
      );
    const checked = await send(false, deadline);
    const verdict = judge(checked);
    const isNumbering = before.length > 0 || counterOf(storage.clock, tenure.id) > 0;
    const outdated = outdatedBy(asked, tenure.id, storage);
    const inPlace = storage.inPlace ?? false;
    const room = hasRoom(liveIds(storage, asked));
    // Nodes that all start over and over must not wait for good for a member that retires ids.
    const isCertain = !isNumbering || inPlace || isWitnessed(checked) || !room;
    const mayContinue = !renew && outdated === undefined && isCertain;
    if (verdict.kind !== 'taken' && mayContinue) {
      const confirmed = verdict.kind === 'granted' ? judge(await send(true, deadline)) : verdict;
      if (confirmed.kind === 'granted') {
        const disowned = stored?.disowned;
        const granted = withConfirmed(lineage, identity.life);
        await storage.adopt({ id: tenure.id, caughtUp, lineage: granted, ...(disowned && { disowned }) });
        identity.take(tenure.id, granted);
        return { id: tenure.id, caughtUp, peers };
      }
    }
    if (verdict.kind !== 'taken' && !room) {
      logger.warn(
        'the clocks have no room for a new incarnation of this node; waiting until the members have retired dead ones',
      );
    } else if (verdict.kind !== 'taken') {
      if (verdict.kind === 'refused' && caughtUp) onContradicted();
      const mayBeCopy = !inPlace || verdict.kind === 'refused' || renew;
      if (isNumbering && mayBeCopy) await onDoubt();
      const records = recordsIn(checked, asked);
      const disowned = stored?.disowned ?? outdated ?? contradictedBy(records, before, storage);
      const id = incarnationOf(name, incarnationSuffix(random));
      const known = disowned === undefined ? withRecorded(before, records) : before;
      const renewed = withTenure(known, { life: identity.life, id, from: 0 });
      const complete = caughtUp && verdict.kind !== 'refused' && disowned === undefined && !renew;
      await storage.adopt({ id, caughtUp: complete, lineage: renewed, ...(disowned && { disowned }) });
      identity.take(id, renewed);
      const announced = judge(await send(true, scheduler.now()));
      if (announced.kind !== 'taken') return { id, caughtUp: complete, peers };
      onTaken(announced.by);
    } else onTaken(verdict.by);
    await sleep(scheduler, RETRY_MS);
  }
  return { id: identity.id, caughtUp: false, peers: [] };
}

/** The node ids that the clocks here and at the members show. */
function liveIds({ clock, retired }: Storage, peers: readonly PeerHeartbeat[]): LiveIds {
  const reported = peers.flatMap(({ heartbeat }) =>
    Object.keys({ ...heartbeat?.clock, ...heartbeat?.heardOf }),
  );
  return { here: new Set(Object.keys(retired.compact(clock))), reported: new Set(reported) };
}

/** Returns what the members have recorded of this node. */
function recordsIn(answers: readonly MemberAnswer[], peers: readonly PeerHeartbeat[]): Lineage[] {
  return [
    ...answers.map(({ answer }) => answer?.record),
    ...peers.map(({ heartbeat }) => heartbeat?.record),
  ].flatMap((record) => (record === undefined ? [] : [record]));
}

/** Returns the writes that only this node has, if its data is too old to be merged with that of the members. */
function outdatedBy(asked: readonly PeerHeartbeat[], id: NodeId, storage: Storage): Disowned | undefined {
  const heartbeat = asked.find((peer) => isOutdated(storage, peer.heartbeat?.needs))?.heartbeat;
  if (heartbeat === undefined) return undefined;
  return { id, after: counterOf(storage.retired.expand(heartbeat.clock), id), outdated: true };
}

/** Returns the writes here that contradict what a member has recorded of this node. */
function contradictedBy(
  records: readonly Lineage[],
  lineage: Lineage,
  { clock }: Storage,
): Disowned | undefined {
  for (const record of records) {
    const disowned = disownedBy(record, lineage, clock);
    if (disowned !== undefined) return disowned;
  }
  return undefined;
}
