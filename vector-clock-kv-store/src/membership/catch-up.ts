import type { Logger } from '@gridclock/service-kit';
import { clockSum, descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { CausalStore } from '../store/causal-store.ts';
import { askPeers, type PeerHeartbeat } from './ask-peers.ts';

/** 2 s: how long to wait for missing writes before asking the peers again, in case one of them is gone. */
const ROUND_MS = 2_000;

/**
 * Resolves once the store has every write that the peers had, so that clients read nothing older here.
 * Installs a snapshot where a peer has pruned writes that are missing here; the logs bring the rest.
 *
 * @param peers the peers' heartbeats when it starts
 */
export async function catchUp(
  store: CausalStore,
  peers: readonly PeerHeartbeat[],
  logger: Logger,
  stopped: () => boolean,
): Promise<void> {
  let responses = peers;
  let installed = zeroClock;
  while (!stopped()) {
    if (needsSnapshot(store, responses) || !descends(store.clock, installed)) {
      installed = (await installSnapshot(store, responses, logger)) ?? installed;
    } else {
      // The peers' logs still hold every missing write.
      store.resume();
    }
    const target = responses.reduce<VectorClock>(
      (clock, { heartbeat }) => merge(clock, heartbeat?.clock ?? zeroClock),
      installed,
    );
    if (await store.waitFor(target, ROUND_MS)) return;
    logger.info({ target, clock: store.clock }, 'still catching up with the peers');
    // Asks again, so as not to wait for the writes of a peer that is gone for good.
    responses = await askPeers(responses);
  }
}

/** Reports whether a peer has pruned writes that are missing here. */
function needsSnapshot(store: CausalStore, peers: readonly PeerHeartbeat[]): boolean {
  return peers.some(({ heartbeat }) => heartbeat !== undefined && !descends(store.clock, heartbeat.pruned));
}

/**
 * Installs a snapshot of the peer with the most writes, or of the next one if that fails.
 *
 * @returns the clock to reach before the data is causally consistent; undefined if no snapshot was installed
 */
async function installSnapshot(
  store: CausalStore,
  peers: readonly PeerHeartbeat[],
  logger: Logger,
): Promise<VectorClock | undefined> {
  const candidates = peers
    .flatMap(({ heartbeat, ...endpoint }) =>
      heartbeat === undefined ? [] : [{ ...endpoint, sum: clockSum(heartbeat.clock) }],
    )
    .sort((left, right) => right.sum - left.sum);
  for (const { peer, transport } of candidates) {
    try {
      const visible = await store.install((cursor) => transport.snapshot(cursor));
      logger.info({ peer: peer.id, clock: store.clock }, 'installed a snapshot');
      return visible;
    } catch (error) {
      logger.warn({ peer: peer.id, err: error }, 'failed to install a snapshot; trying the next peer');
    }
  }
  return undefined;
}
