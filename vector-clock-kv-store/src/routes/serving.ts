import { UnavailableError } from '@gridclock/service-kit';
import type { CausalStore } from '../causal-store.ts';
import type { ClusterNode } from '../cluster-node.ts';

/**
 * The store of a node that serves.
 *
 * @throws UnavailableError (503) that says what the node is, while it does not
 */
export function servingStore({ status, store }: ClusterNode): CausalStore {
  if (store === undefined || status !== 'ok')
    throw new UnavailableError(`This node is ${status}`, { status });
  return store;
}
