import { nameOf } from '../../causality/node-id.ts';
import type { ClusterNode } from '../../cluster-node.ts';

/** The ids in the clocks that a node reports; plain names stay in `heardOf`. */
export function reportedIds(node: ClusterNode): string[] {
  const { clock, heardOf, pruned } = node.heartbeat();
  const incarnations = Object.keys(heardOf).filter((id) => id !== nameOf(id));
  return [...Object.keys(clock), ...Object.keys(pruned), ...incarnations];
}
