import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';

/**
 * Returns the nodes whose entry an installed clock changes: the log cannot bridge the difference.
 *
 * @param foreign whether the log may contradict the installed data, so that nothing of it can stay
 */
export function changedOrigins(before: VectorClock, installed: VectorClock, foreign = false): NodeId[] {
  return [...new Set([...Object.keys(before), ...Object.keys(installed)])].filter(
    (origin) => foreign || counterOf(before, origin) !== counterOf(installed, origin),
  );
}

/** Returns what counts as pruned after an install: everything of the changed nodes, and nothing new of the others. */
export function prunedAfterInstall(
  pruned: VectorClock,
  installed: VectorClock,
  changed: readonly NodeId[],
): VectorClock {
  const kept = Object.entries(pruned).filter(([origin]) => !changed.includes(origin));
  const cleared = changed.map((origin) => [origin, counterOf(installed, origin)] as const);
  return Object.fromEntries([...kept, ...cleared].filter(([, counter]) => counter > 0));
}
