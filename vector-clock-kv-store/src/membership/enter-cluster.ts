import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { NodeId } from '../causality/node-id.ts';
import type { Heartbeat } from '../replication/transport.ts';
import type { Storage } from '../storage/storage.ts';
import { askAll, type PeerAnswer } from './catch-up.ts';
import { chooseIdentity, incarnationMark } from './identity.ts';
import { joinCluster } from './join.ts';
import type { MemberDirectory } from './member-directory.ts';

export type EntryOptions = {
  /** The configured name. */
  name: string;
  storage: Storage;
  /** Where others reach this node, if it is to join a cluster that does not list it. */
  advertisedUrl?: string | undefined;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a node with nothing stored waits for every peer to answer, in milliseconds. */
  peerWaitMs: number;
  logger: Logger;
};

/** How a node has come into the cluster. */
export type ClusterEntry = {
  /** The name it writes under; it is stored. */
  id: NodeId;
  /** It has all that it had acknowledged: it need not catch up before it serves. */
  caughtUp: boolean;
  /** What the peers said, where it had to ask them. */
  answers: readonly PeerAnswer[];
};

/** Finds out under which name a node writes, by what it has stored or else by what its peers know, and joins them. */
export async function enterCluster(
  options: EntryOptions,
  directory: MemberDirectory,
  stopped: () => boolean,
): Promise<ClusterEntry> {
  const { advertisedUrl, logger, name, peerWaitMs, random, scheduler, storage } = options;
  const known = storage.identity;
  const discover = (answer: Heartbeat) =>
    (answer.peers ?? []).filter(({ id }) => id !== name).map((peer) => directory.linkTo(peer));
  const answers = known?.caughtUp
    ? []
    : await askAll(directory.links(), discover, scheduler, peerWaitMs, stopped);
  await joinCluster(name, advertisedUrl, answers, logger);
  // One that ended while it was filled from a snapshot may have lost count of its writes.
  const id = known?.caughtUp
    ? known.id
    : chooseIdentity(
        name,
        answers.map(({ answer }) => answer),
        incarnationMark(random),
      );
  if (!known?.caughtUp) await storage.adopt({ id, caughtUp: false });
  if (id !== name) logger.info({ id }, 'writing under a name of its own since its memory was lost');
  return { id, caughtUp: known?.caughtUp ?? false, answers };
}
