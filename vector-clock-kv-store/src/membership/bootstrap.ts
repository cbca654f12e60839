import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { incarnationSuffix, type NodeId } from '../causality/node-id.ts';
import type { Heartbeat } from '../replication/transport.ts';
import type { Storage } from '../storage/storage.ts';
import { askUntilAllRespond, type PeerHeartbeat } from './ask-peers.ts';
import { chooseIdentity } from './identity.ts';
import { joinCluster } from './join-cluster.ts';
import type { MemberDirectory } from './member-directory.ts';

export type BootstrapOptions = {
  /** The node's configured name. */
  name: string;
  storage: Storage;
  /** The URL where the other nodes reach this node; needed to join a cluster that does not list it. */
  advertisedUrl?: string | undefined;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a node without stored data waits for every peer to respond, in milliseconds. */
  peerWaitMs: number;
  logger: Logger;
};

export type Bootstrap = {
  /** The id that the node counts its writes under; it is stored. */
  id: NodeId;
  /** Whether the node has every write it acknowledged, so that it can serve without catching up. */
  caughtUp: boolean;
  /** The peers' heartbeats; empty if the node did not need them. */
  peers: readonly PeerHeartbeat[];
};

/** Decides which id a node counts its writes under, from its storage or else from its peers, and joins the cluster. */
export async function bootstrap(
  options: BootstrapOptions,
  directory: MemberDirectory,
  stopped: () => boolean,
): Promise<Bootstrap> {
  const { advertisedUrl, logger, name, peerWaitMs, random, scheduler, storage } = options;
  const stored = storage.identity;
  // If the node stopped while it installed a snapshot, it may not know how many writes it has made.
  if (stored?.caughtUp) return { id: stored.id, caughtUp: true, peers: [] };
  const discover = (heartbeat: Heartbeat) =>
    (heartbeat.peers ?? []).filter(({ id }) => id !== name).map((peer) => directory.endpointOf(peer));
  const peers = await askUntilAllRespond(directory.endpoints(), discover, scheduler, peerWaitMs, stopped);
  await joinCluster(name, advertisedUrl, peers, logger);
  const heartbeats = peers.map(({ heartbeat }) => heartbeat);
  const id = chooseIdentity(name, heartbeats, incarnationSuffix(random));
  await storage.adopt({ id, caughtUp: false });
  return { id, caughtUp: false, peers };
}
