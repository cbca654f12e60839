import { clockSum, counterOf } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/** One value of a key that nothing here has replaced. */
export type Version = Pick<Write, 'sender' | 'value' | 'vc'>;

/**
 * The versions of a key after a write of it, the winner first.
 * What the write has seen is replaced; what is concurrent to it stays beside it.
 *
 * @param versions those before, as this function gave them
 */
export function withWrite(versions: readonly Version[], { sender, value, vc }: Version): readonly Version[] {
  const { counter: own } = dotOf({ sender, vc });
  // A snapshot taken while writes went on may hold what came after this write already, or the write itself.
  if (versions.some((version) => counterOf(version.vc, sender) >= own)) return versions;
  const unseen = versions.filter((version) => {
    const { node, counter } = dotOf(version);
    return counterOf(vc, node) < counter;
  });
  return [...unseen, { sender, value, vc }].sort(byPrecedence);
}

/** Whether all that is left of a key is that it was deleted. */
export function isTombstone(versions: readonly Version[]): boolean {
  return versions.length === 1 && versions[0]?.value === null;
}

/**
 * Orders versions, the winner first: the larger sum of clock entries, then the larger sender. A write that
 * has seen another has the larger sum, so the order extends causality, and it is the same on every node.
 */
function byPrecedence(left: Version, right: Version): number {
  const difference = clockSum(right.vc) - clockSum(left.vc);
  if (difference !== 0) return difference;
  return left.sender < right.sender ? 1 : -1;
}
