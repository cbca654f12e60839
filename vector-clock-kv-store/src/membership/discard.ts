import type { Logger } from '@gridclock/service-kit';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Disowned } from '../causality/lineage.ts';
import { clockSum, counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { PeerEndpoint } from '../replication/transport.ts';
import type { Storage } from '../storage/storage.ts';
import type { CausalStore } from '../store/causal-store.ts';
import { askPeers, type PeerHeartbeat } from './ask-peers.ts';
import type { OwnIdentity } from './own-identity.ts';
import { orphansAmong, reissue } from './reissue.ts';

export type DiscardOptions = {
  store: CausalStore;
  storage: Storage;
  identity: OwnIdentity;
  disowned: Disowned;
  peers: () => readonly PeerEndpoint[];
  scheduler: Scheduler;
  logger: Logger;
  stopped: () => boolean;
};

type Discarded = {
  /** How many writes were made again. */
  reissued: number;
  /** Writes of other nodes that the new data lacks: they may exist nowhere else. */
  remaining: readonly Write[];
};

/** 1 s: how long to wait before asking again for a snapshot. */
const RETRY_MS = 1_000;

/** 10, about 10 s: a node that restarts is back by then, and one that replaces its data too has done so. */
const CERTAIN_ATTEMPTS = 10;

/** 8 MiB per node: what the peers lack is normally a few writes, and they have it from its origin too. */
const REMAINING = { writes: 10_000, bytes: 8 * 1024 * 1024 };

/**
 * Replaces this node's data with a peer's, because it holds writes that contradict the peers' writes. In the same
 * transaction, makes those of them again that only this node has, under its new id. Gives up once the node is stopped.
 */
export async function discard(options: DiscardOptions): Promise<void> {
  const result = await replaceData(options);
  if (result === undefined) return;
  const { disowned, identity, logger, store } = options;
  if (result === 'nobody has a snapshot') {
    await writeAgain(options);
    return;
  }
  await store.receive(result.remaining);
  logger.error(
    { disowned, reissued: result.reissued, id: identity.id },
    'replaced the data that contradicted the peers; made the writes again that only this node had',
  );
}

/**
 * Makes the disowned values again over the data here, where all peers are another implementation: they only receive
 * writes. Whatever they have under the disowned numbers is in the past of these writes, so that they replace it.
 */
async function writeAgain({ disowned, identity, logger, storage, store }: DiscardOptions): Promise<void> {
  const orphans = orphansAmong(storage.scan(), disowned, zeroClock);
  for (const { key, value } of orphans) await store.put(key, value);
  const { id, lineage } = identity;
  await storage.adopt({ id, caughtUp: storage.identity?.caughtUp ?? false, lineage });
  logger.error(
    { disowned, reissued: orphans.length, id },
    'no peer has a snapshot; kept the data here, and made the writes again that contradicted the peers',
  );
}

/** Returns undefined if the node was stopped. */
async function replaceData(
  options: DiscardOptions,
): Promise<Discarded | 'nobody has a snapshot' | undefined> {
  const { disowned, identity, logger, peers, scheduler, stopped, storage, store } = options;
  for (let attempt = 0; !stopped(); attempt++) {
    const asked = await askPeers(peers());
    if (asked.length > 0 && asked.every(isOtherImplementation)) return 'nobody has a snapshot';
    for (const { peer, transport } of sourcesAmong(asked, attempt)) {
      const result: { reissued: number; remaining: Write[] } = { reissued: 0, remaining: [] };
      try {
        await store.replace(
          (cursor) => transport.snapshot(cursor),
          (clock, retired) => {
            result.remaining = remainingWrites(storage, clock, disowned);
            const writes = reissue(
              orphansAmong(storage.scan(), disowned, clock),
              identity.id,
              clock,
              (key) => storage.staged(key),
              retired,
            );
            result.reissued = writes.length;
            const lineage = [{ life: identity.life, id: identity.id, from: 0 }];
            return {
              identity: { id: identity.id, caughtUp: false, lineage },
              writes: writes.map((write) => ({ ...write, life: identity.life })),
            };
          },
        );
        identity.take(identity.id, storage.identity?.lineage ?? []);
        return result;
      } catch (error) {
        logger.warn({ peer: peer.id, err: error }, 'failed to replace the contradicting data; trying again');
      }
    }
    await sleep(scheduler, RETRY_MS);
  }
  return undefined;
}

/** Returns the peers whose data may replace the data here, those with the most writes first. */
function sourcesAmong(asked: readonly PeerHeartbeat[], attempt: number): PeerEndpoint[] {
  const responses = asked.flatMap(({ heartbeat, ...endpoint }) =>
    heartbeat === undefined ? [] : [{ endpoint, heartbeat, sum: clockSum(heartbeat.clock) }],
  );
  // Two nodes that replace their data must not wait for each other for good.
  return responses
    .filter(({ heartbeat }) => !heartbeat.replacing || attempt >= CERTAIN_ATTEMPTS)
    .sort((left, right) => right.sum - left.sum)
    .map(({ endpoint }) => endpoint);
}

function isOtherImplementation({ heartbeat, hasNone = false }: PeerHeartbeat): boolean {
  return hasNone || (heartbeat !== undefined && heartbeat.life === undefined);
}

/** Returns the logged writes that are not in `clock` and do not depend on a disowned one. */
function remainingWrites(
  storage: Storage,
  clock: VectorClock,
  { id, after, outdated = false }: Disowned,
): Write[] {
  // What is too old may be concurrent to deletions that nobody remembers.
  if (outdated) return [];
  return Object.keys(storage.clock)
    .filter((origin) => counterOf(storage.clock, origin) > counterOf(clock, origin))
    .flatMap((origin) => storage.log(origin, counterOf(clock, origin), REMAINING))
    .filter(({ vc }) => counterOf(vc, id) <= after)
    .sort((left, right) => clockSum(left.vc) - clockSum(right.vc));
}
