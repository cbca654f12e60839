import type { Retirements } from './retirements.ts';
import { counterOf, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/** One current value of a key. Concurrent writes leave a key with several: siblings. */
export type Version = Pick<Write, 'sender' | 'value' | 'vc'>;

/**
 * Applies a write to the versions of its key and returns the new versions, the winner first.
 * The write replaces the versions in its causal past; concurrent versions remain as siblings.
 *
 * @param versions the versions before, as this function returned them
 * @param retired includes every retirement that any of the clocks counts
 */
export function withWrite(
  versions: readonly Version[],
  { sender, value, vc }: Version,
  retired: Retirements,
): readonly Version[] {
  const dot = dotOf({ sender, vc });
  const written = { sender, value, vc };
  let siblings: Version[] | undefined;
  for (const version of versions) {
    // A snapshot is read while writes continue, so its versions may already include or supersede this write.
    if (retired.includes(version.vc, dot)) return versions;
    if (retired.includes(vc, dotOf(version))) continue;
    siblings ??= [];
    siblings.push(version);
  }
  // Nearly every write, and nothing to order.
  if (siblings === undefined) return [written];
  return [...siblings, written].sort((left, right) => byPrecedence(left, right, retired));
}

/**
 * Returns the versions without those in the causal past of another one, the winner first.
 *
 * The versions of one node are never in each other's past. Those of two nodes can be, if one of the nodes is of an
 * earlier release, whose snapshots may hold versions newer than their clock.
 */
export function maximalVersions(versions: readonly Version[], retired: Retirements): readonly Version[] {
  return versions
    .filter(
      (version) => !versions.some((other) => other !== version && retired.includes(other.vc, dotOf(version))),
    )
    .sort((left, right) => byPrecedence(left, right, retired));
}

/** Reports whether a key has versions and all of them are deletions. */
export function isTombstone(versions: readonly Version[]): boolean {
  return versions.length > 0 && versions.every(({ value }) => value === null);
}

/** Reports whether an expanded clock includes all versions of a key. */
export function includesAll(clock: VectorClock, versions: readonly Version[]): boolean {
  return versions.every((version) => counterOf(clock, version.sender) >= dotOf(version).counter);
}

/**
 * Orders versions by the number of writes in their causal past, then by sender, largest first.
 *
 * The order is total, the same on every node, and puts a write before those in its causal past. It must do so across
 * keys as well: if retired ids did not count, a write could lose to one that its own past has overruled, and the
 * winners of several keys could contradict each other (CyclicCF).
 */
function byPrecedence(left: Version, right: Version, retired: Retirements): number {
  const difference = retired.sum(right.vc) - retired.sum(left.vc);
  if (difference !== 0) return difference;
  return left.sender < right.sender ? 1 : -1;
}
