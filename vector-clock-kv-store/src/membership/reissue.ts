import type { Disowned } from '../causality/lineage.ts';
import { type NodeId, nameOf } from '../causality/node-id.ts';
import { RETIRED_KEY, type Retirements } from '../causality/retirements.ts';
import { counterOf, type Dot, tick, type VectorClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { type KeyVersions, MEMBERS_KEY } from '../storage/storage.ts';

/** A value that only this node has, under a number that another life has used too. */
export type Orphan = { key: string; value: Write['value'] };

/**
 * Returns the current values of the disowned writes; of data that is too old, all own ones that are not in `clock`.
 *
 * @param clock the writes in the data that replaces the data here
 */
export function orphansAmong(
  keys: Iterable<KeyVersions>,
  { id, after, outdated = false }: Disowned,
  clock: VectorClock,
): Orphan[] {
  const orphans: Orphan[] = [];
  for (const [key, versions] of keys) {
    // Whoever may retire ids does so again.
    if (key === RETIRED_KEY || (outdated && key === MEMBERS_KEY)) continue;
    for (const version of versions) {
      const { node, counter } = dotOf(version);
      const isOrphan = outdated
        ? nameOf(node) === nameOf(id) && counter > counterOf(clock, node)
        : node === id && counter > after;
      if (isOrphan) orphans.push({ key, value: version.value });
    }
  }
  return orphans;
}

/**
 * Writes orphans again, under an id that no write has used.
 *
 * They follow everything in `clock`, because a later write of a node must include what the node has reported
 * (`PeerProgress.settled`). Only the values that their keys have now are left out of their past: nobody who wrote an
 * orphan had seen these, so both remain, as siblings. A deletion yields to the orphan: it may be forgotten already.
 *
 * @param clock the writes in the data that the orphans are added to
 * @param current returns the versions that this data has of a key
 */
export function reissue(
  orphans: readonly Orphan[],
  id: NodeId,
  clock: VectorClock,
  current: (key: string) => readonly Version[],
  retired: Retirements,
): Write[] {
  let made = clock;
  return orphans.flatMap(({ key, value }) => {
    const unseen = current(key).filter((version) => version.value !== null);
    if (value === null && unseen.length === 0) return [];
    made = tick(made, id);
    const vc = unseen.map(dotOf).reduce((past, dot) => without(past, dot, retired), made);
    return [{ sender: id, key, value, vc: unseen.length === 0 ? retired.compact(vc, id) : vc }];
  });
}

/** Returns an expanded clock without a write, and without the retirements that would imply it. */
function without(clock: VectorClock, { node, counter }: Dot, retired: Retirements): VectorClock {
  let result: VectorClock = Object.fromEntries(
    Object.entries({ ...clock, [node]: Math.min(counterOf(clock, node), counter - 1) }).filter(
      ([, last]) => last > 0,
    ),
  );
  while (retired.includes(result, { node, counter })) {
    const full = retired.expand(result);
    const implying = retired.all.find(
      ({ dot, finals }) => counterOf(full, dot.node) >= dot.counter && counterOf(finals, node) >= counter,
    );
    if (implying === undefined) break;
    result = without(result, implying.dot, retired);
  }
  return result;
}
