import { clockSum, counterOf, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/** One current value of a key. Concurrent writes leave a key with several: siblings. */
export type Version = Pick<Write, 'sender' | 'value' | 'vc'>;

/**
 * Applies a write to the versions of its key and returns the new versions, the winner first.
 * The write replaces the versions in its causal past; concurrent versions remain as siblings.
 *
 * @param versions the versions before, as this function returned them
 */
export function withWrite(versions: readonly Version[], { sender, value, vc }: Version): readonly Version[] {
  const { counter: own } = dotOf({ sender, vc });
  // A snapshot is read while writes continue, so its versions may already include or supersede this write.
  if (versions.some((version) => counterOf(version.vc, sender) >= own)) return versions;
  const siblings = versions.filter((version) => {
    const { node, counter } = dotOf(version);
    return counterOf(vc, node) < counter;
  });
  return [...siblings, { sender, value, vc }].sort(byPrecedence);
}

/**
 * Returns the versions without those in the causal past of another one, the winner first.
 *
 * The versions of one node are never in each other's past. Those of two nodes can be, if one of the nodes is of an
 * earlier release, whose snapshots may hold versions newer than their clock.
 */
export function maximalVersions(versions: readonly Version[]): readonly Version[] {
  return versions
    .filter((version) => {
      const { node, counter } = dotOf(version);
      return !versions.some((other) => other !== version && counterOf(other.vc, node) >= counter);
    })
    .sort(byPrecedence);
}

/** Reports whether a key has versions and all of them are deletions. */
export function isTombstone(versions: readonly Version[]): boolean {
  return versions.length > 0 && versions.every(({ value }) => value === null);
}

/** Reports whether a clock includes all versions of a key. */
export function includesAll(clock: VectorClock, versions: readonly Version[]): boolean {
  return versions.every((version) => counterOf(clock, version.sender) >= dotOf(version).counter);
}

/**
 * Orders versions by the sum of their clock entries, then by sender, largest first.
 * The order is total, the same on every node, and puts a write before those in its causal past.
 */
function byPrecedence(left: Version, right: Version): number {
  const difference = clockSum(right.vc) - clockSum(left.vc);
  if (difference !== 0) return difference;
  return left.sender < right.sender ? 1 : -1;
}
