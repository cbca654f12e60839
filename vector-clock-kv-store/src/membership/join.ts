import type { Logger } from '@gridclock/service-kit';
import type { PeerAnswer } from './catch-up.ts';

/**
 * Where the cluster does not list this node yet, asks the first peer that answered to let it in.
 *
 * @param advertisedUrl where the others reach this node; without it, it can only be listed by them
 * @throws Error when the cluster has removed this node: only a person can want it back
 */
export async function joinCluster(
  self: string,
  advertisedUrl: string | undefined,
  answers: readonly PeerAnswer[],
  logger: Logger,
): Promise<void> {
  const strangers = answers.filter(({ answer }) => answer?.peers?.every(({ id }) => id !== self));
  if (strangers.length === 0) return;
  if (strangers.some(({ answer }) => answer?.removed?.includes(self))) {
    throw new Error(`${self} was removed from the cluster; POST /members at another node lets it in again`);
  }
  if (advertisedUrl === undefined) {
    logger.warn('the peers do not list this node; with ADVERTISE_URL it can join them');
    return;
  }
  for (const { peer, transport } of strangers) {
    try {
      await transport.join({ id: self, url: advertisedUrl });
      logger.info({ peer: peer.id }, 'joined the cluster');
      return;
    } catch (error) {
      logger.warn({ peer: peer.id, err: error }, 'the peer did not let this node in');
    }
  }
}
