import type { Logger } from '@gridclock/service-kit';
import type { PeerHeartbeat } from './ask-peers.ts';

/** The cluster has removed this node: only an operator can add it again. */
export class RemovedError extends Error {
  override readonly name = 'RemovedError';
}

/**
 * Asks the peers, one after another, to add this node to the cluster if some of them do not list it.
 *
 * @param advertisedUrl the URL where the other nodes reach this node; without it, an operator must add the node
 * @param returning whether the node has been a member: then its peers report a removal to it
 * @returns whether there is nothing left to do; false if no peer added the node
 * @throws RemovedError if the cluster has removed this node
 */
export async function joinCluster(
  self: string,
  advertisedUrl: string | undefined,
  peers: readonly PeerHeartbeat[],
  logger: Logger,
  returning = false,
): Promise<boolean> {
  const unaware = peers.filter(({ heartbeat }) => heartbeat?.peers?.every(({ id }) => id !== self));
  if (unaware.length === 0) return true;
  if (
    returning &&
    (advertisedUrl === undefined || unaware.some(({ heartbeat }) => heartbeat?.removed?.includes(self)))
  )
    return true;
  if (unaware.some(({ heartbeat }) => heartbeat?.removed?.includes(self))) {
    throw new RemovedError(
      `${self} was removed from the cluster; to add it again, POST /members at another node`,
    );
  }
  if (advertisedUrl === undefined) {
    logger.warn('the peers do not list this node; set ADVERTISE_URL so that it can join them');
    return true;
  }
  for (const { peer, transport } of unaware) {
    try {
      await transport.join({ id: self, url: advertisedUrl });
      logger.info({ peer: peer.id }, 'joined the cluster');
      return true;
    } catch (error) {
      logger.warn({ peer: peer.id, err: error }, 'the peer did not add this node; trying the next one');
    }
  }
  return false;
}
