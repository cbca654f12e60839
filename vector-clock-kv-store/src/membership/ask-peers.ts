import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import {
  type Heartbeat,
  IncompatiblePeerError,
  NoHeartbeatError,
  type PeerEndpoint,
} from '../replication/transport.ts';
import { within } from './within.ts';

/** A peer and its latest heartbeat; undefined if it did not send one. */
export type PeerHeartbeat = PeerEndpoint & {
  heartbeat: Heartbeat | undefined;
  /** Whether the peer responded that it has no heartbeats: it is another implementation. */
  hasNone?: boolean;
  /** Whether the peer responded, but no message can be exchanged with it. */
  isIncompatible?: boolean;
};

/** 0.1 s: a peer that is starting responds soon, and one request per peer is cheap. */
const RETRY_MS = 100;

/** Asks every peer for a heartbeat, once. */
export function askPeers(peers: readonly PeerEndpoint[]): Promise<PeerHeartbeat[]> {
  return Promise.all(
    peers.map(async ({ peer, transport }) => {
      try {
        return { peer, transport, heartbeat: await transport.heartbeat() };
      } catch (error) {
        return {
          peer,
          transport,
          heartbeat: undefined,
          hasNone: error instanceof NoHeartbeatError,
          isIncompatible: error instanceof IncompatiblePeerError,
        };
      }
    }),
  );
}

/** 1 s: a process that runs responds within milliseconds; nobody waits for the others. */
const ONCE_MS = 1_000;

/** Asks nodes that may be gone for a heartbeat, once, and returns those that respond within a second. */
export async function askThoseUp(
  nodes: readonly PeerEndpoint[],
  scheduler: Scheduler,
): Promise<PeerHeartbeat[]> {
  const responses = await Promise.all(
    nodes.map((endpoint) => within(ONCE_MS, scheduler, askPeers([endpoint]))),
  );
  return responses.flatMap((one = []) => one.filter(({ heartbeat }) => heartbeat !== undefined));
}

/**
 * Asks every peer for a heartbeat until all have responded or `waitMs` has passed.
 *
 * @param discover returns the peers that a heartbeat lists; they are asked too
 */
export async function askUntilAllRespond(
  peers: readonly PeerEndpoint[],
  discover: (heartbeat: Heartbeat) => readonly PeerEndpoint[],
  scheduler: Scheduler,
  waitMs: number,
  stopped: () => boolean,
): Promise<PeerHeartbeat[]> {
  const asked = new Map<string, PeerHeartbeat>(
    peers.map((endpoint) => [endpoint.peer.id, { ...endpoint, heartbeat: undefined }]),
  );
  const silent = () => [...asked.values()].filter(({ heartbeat }) => heartbeat === undefined);
  const deadline = scheduler.now() + waitMs;
  while (!stopped()) {
    for (const response of await askPeers(silent())) {
      if (response.heartbeat !== undefined || response.isIncompatible) asked.set(response.peer.id, response);
      if (response.heartbeat === undefined) continue;
      for (const found of discover(response.heartbeat)) {
        if (!asked.has(found.peer.id)) asked.set(found.peer.id, { ...found, heartbeat: undefined });
      }
    }
    if (silent().length === 0 || scheduler.now() >= deadline) break;
    await sleep(scheduler, RETRY_MS);
  }
  return [...asked.values()];
}
