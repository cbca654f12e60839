import { UnavailableError } from '@gridclock/service-kit';
import type { ClusterNode } from '../cluster-node.ts';
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
    throw new UnavailableError(`This node is ${status}`, { code: 'not_serving', status });
  return { store, replicator };
}
