import { UnavailableError } from '@gridclock/service-kit';
import type { ClusterNode } from '../cluster-node.ts';
import type { NodeStatus } from '../membership/node-lifecycle.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { CausalStore } from '../store/causal-store.ts';

/**
 * Returns the parts of a node that serves clients.
 *
 * @throws UnavailableError (503) with the node's status if it does not serve
 */
export function serving({ status, store, replicator }: ClusterNode): {
  store: CausalStore;
  replicator: Replicator;
} {
  if (store === undefined || replicator === undefined || status !== 'ok')
    throw new UnavailableError(describeRefusal(status), { code: 'not_serving', status });
  return { store, replicator };
}

/** Says why a node does not serve, and what a client can do. */
export function describeRefusal(status: NodeStatus): string {
  return `This node does not serve (${status}); ask another node, or this one later`;
}
