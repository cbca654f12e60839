import type { NodeId } from '../causality/node-id.ts';
import { counterOf, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { CausalStore } from '../store/causal-store.ts';

/**
 * Returns the highest write of each node that has arrived, even if it is buffered or not stored yet.
 *
 * @param clock the stored writes
 * @param store undefined while the node starts
 */
export function highestHeardOf(clock: VectorClock, store: CausalStore | undefined): VectorClock {
  const highest: Record<NodeId, number> = { ...merge(clock, store?.delivered ?? zeroClock) };
  for (const { node, counter } of store?.lastBuffered() ?? []) {
    if (counter > counterOf(highest, node)) highest[node] = counter;
  }
  return highest;
}
