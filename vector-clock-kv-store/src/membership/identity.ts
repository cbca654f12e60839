import { incarnationOf, type NodeId } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';

/**
 * Chooses the id that a node without stored data counts its writes under.
 *
 * No counter may be used twice, so the node takes its plain name only if every peer has responded and has heard of
 * no write under it. Otherwise it may have lost its data, and it starts a new incarnation.
 *
 * @param heartbeats one per configured peer; undefined for a peer that did not respond
 * @param suffix identifies the new incarnation; must never repeat
 */
export function chooseIdentity(
  name: string,
  heartbeats: readonly (Heartbeat | undefined)[],
  suffix: string,
): NodeId {
  const unused = heartbeats.every(
    (heartbeat) => heartbeat !== undefined && counterOf(heartbeat.heardOf, name) === 0,
  );
  return unused ? name : incarnationOf(name, suffix);
}
