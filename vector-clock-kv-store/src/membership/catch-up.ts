import type { Logger } from '@gridclock/service-kit';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { clockSum, compare, descends, merge } from '../causality/vector-clock.ts';
import { type Heartbeat, NoSnapshotsError, type PeerEndpoint } from '../replication/transport.ts';
import type { CausalStore } from '../store/causal-store.ts';
import { askPeers, type PeerHeartbeat } from './ask-peers.ts';
import { needsSnapshot, reachableClock } from './missing-writes.ts';

export type CatchUpOptions = {
  store: CausalStore;
  /** The other members; they are asked again in every round. */
  members: () => readonly PeerEndpoint[];
  /** Whether a member's data may be merged: not if it is too old, or contradicts other data. */
  mayMerge?: (peer: string, heartbeat: Heartbeat) => boolean;
  /** Whether the data here may be served although no member responds. */
  servesAlone: boolean;
  /** Called when it begins to wait for a first response of any member. */
  onWaiting: () => void;
  /** Called with that response. If it resolves to false, it waits for another one. */
  onResponse: (responses: readonly PeerHeartbeat[]) => Promise<boolean>;
  scheduler: Scheduler;
  logger: Logger;
  stopped: () => boolean;
};

/** A member that has responded. */
type Member = PeerEndpoint & { heartbeat: NonNullable<PeerHeartbeat['heartbeat']> };

/** 2 s: how long to wait for missing writes before asking the members again, in case one of them is gone. */
const ROUND_MS = 2_000;

/** 2 rounds without a single write: the members' logs do not arrive, so their snapshots are fetched instead. */
const STALLED_ROUNDS = 2;

/** 0.5 s: a member that starts is found soon, and asking costs one request per member. */
const ASK_EVERY_MS = 500;

/** 5 s: often enough to be noticed, rarely enough to keep the log readable. */
const LOG_EVERY_MS = 5_000;

/**
 * Resolves once the store has every write that the members have, so that clients read nothing older here.
 *
 * Merges a member's snapshot with the data here where the members' logs have pruned what is missing; the logs bring
 * the rest. Waits for no particular member: one that stops responding is left out in the next round, and members that
 * miss each other's writes all merge what the others have.
 *
 * @param heard the members' heartbeats when it starts
 */
export async function catchUp(options: CatchUpOptions, heard: readonly PeerHeartbeat[]): Promise<void> {
  const { store, stopped } = options;
  let { servesAlone } = options;
  let responses = heard;
  let stalledRounds = 0;
  while (!stopped()) {
    const consistent = descends(store.clock, store.awaited);
    const members = responding(responses, options.mayMerge);
    // Nothing can be missing that a peer without heartbeats could bring.
    servesAlone ||= responses.some(({ hasNone }) => hasNone);
    if (members.length === 0 && !(servesAlone && consistent)) {
      options.onWaiting();
      responses = await untilOneResponds(options);
      const isUsable =
        responses.some(({ hasNone }) => hasNone) || responding(responses, options.mayMerge).length > 0;
      if ((await options.onResponse(responses)) && isUsable) continue;
      await sleep(options.scheduler, ASK_EVERY_MS);
      responses = [];
      continue;
    }
    const before = store.clock;
    const reachable = reachableClock(members.map(({ heartbeat }) => heartbeat));
    if (snapshotIsDue(store, members, stalledRounds >= STALLED_ROUNDS)) {
      const result = await mergeSnapshot(options, members);
      if (result === 'merged' && compare(store.clock, before) !== 'equal') {
        servesAlone = true;
        stalledRounds = 0;
        // Another member may have pruned what the merged snapshot does not have either.
        responses = await askPeers(options.members());
        continue;
      }
      if (result === 'nobody has one' && consistent && stalledRounds >= STALLED_ROUNDS) {
        options.logger.warn('the members are another implementation and pass on no writes; serving without');
        return;
      }
    } else {
      store.resume();
    }
    if (await store.sessions.waitFor(merge(reachable, store.awaited), ROUND_MS)) return;
    options.logger.info({ target: reachable, clock: store.clock }, 'still catching up with the members');
    stalledRounds = compare(store.clock, before) === 'equal' ? stalledRounds + 1 : 0;
    responses = await askPeers(options.members());
  }
}

/** Reports whether only a snapshot can bring what is missing here. */
function snapshotIsDue(store: CausalStore, members: readonly Member[], stalled: boolean): boolean {
  const heartbeats = members.map(({ heartbeat }) => heartbeat);
  const reachable = reachableClock(heartbeats);
  if (needsSnapshot(store.clock, heartbeats)) return true;
  const behind = !descends(store.clock, reachable);
  // Writes that the data here depends on are gone with the members that had them.
  const lost = !descends(merge(store.clock, reachable), store.awaited);
  return lost || (stalled && (behind || !descends(store.clock, store.awaited)));
}

/**
 * Merges the snapshot of the member with the most writes, or of the next one if that fails.
 *
 * @returns `nobody has one` if those that have more are all another implementation
 */
async function mergeSnapshot(
  { store, logger }: CatchUpOptions,
  members: readonly Member[],
): Promise<'merged' | 'failed' | 'nobody has one'> {
  const consistent = descends(store.clock, store.awaited);
  const candidates = members
    .filter(({ heartbeat }) => !consistent || !descends(store.clock, heartbeat.clock))
    .sort((left, right) => clockSum(right.heartbeat.clock) - clockSum(left.heartbeat.clock));
  if (members.every(({ heartbeat }) => heartbeat.status === 'catching-up')) {
    logger.warn('no member serves; merging what the members have');
  }
  let without = 0;
  for (const { peer, transport } of candidates) {
    try {
      await store.install((cursor) => transport.snapshot(cursor));
      logger.info({ peer: peer.id, clock: store.clock }, 'merged a snapshot');
      return 'merged';
    } catch (error) {
      if (error instanceof NoSnapshotsError) without++;
      logger.warn({ peer: peer.id, err: error }, 'failed to merge a snapshot; trying the next member');
    }
  }
  return without > 0 && without === candidates.length ? 'nobody has one' : 'failed';
}

/** Asks the members until one responds, or until the node stops. */
async function untilOneResponds(options: CatchUpOptions): Promise<readonly PeerHeartbeat[]> {
  const { members, scheduler, logger, stopped } = options;
  let logAt = scheduler.now();
  while (!stopped()) {
    const responses = await askPeers(members());
    if (responses.some(({ heartbeat, hasNone }) => heartbeat !== undefined || hasNone)) return responses;
    if (scheduler.now() >= logAt) {
      logger.warn(
        { members: members().map(({ peer }) => peer.id) },
        'no member responds; waiting for one, which may have data that is missing here. ' +
          'To found a cluster, set FOUND_CLUSTER=1',
      );
      logAt = scheduler.now() + LOG_EVERY_MS;
    }
    await sleep(scheduler, ASK_EVERY_MS);
  }
  return [];
}

function responding(
  responses: readonly PeerHeartbeat[],
  mayMerge: CatchUpOptions['mayMerge'] = () => true,
): Member[] {
  return responses.flatMap(({ heartbeat, ...endpoint }) =>
    heartbeat === undefined || !mayMerge(endpoint.peer.id, heartbeat) ? [] : [{ ...endpoint, heartbeat }],
  );
}
