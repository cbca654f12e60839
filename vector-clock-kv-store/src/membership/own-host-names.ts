import { hostname } from 'node:os';
import { siblingNames } from '@gridclock/service-kit';
import type { NodeId } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';

/**
 * Returns the host names under which other nodes may call this one: that of its address, and its own names in the
 * domains of its peers, because a peer list names everyone but the node itself.
 */
export function ownHostNames(
  name: NodeId,
  advertisedUrl: string | undefined,
  peers: readonly Peer[],
): string[] {
  const [machine = ''] = hostname().split('.');
  const peerHosts = peers.map(({ url }) => new URL(url).hostname);
  return [
    ...(advertisedUrl === undefined ? [] : [new URL(advertisedUrl).hostname]),
    ...siblingNames([name, machine], peerHosts),
    ...peerHosts,
  ];
}
