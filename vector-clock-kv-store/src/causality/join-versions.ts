import type { Retirements } from './retirements.ts';
import { counterOf, type VectorClock } from './vector-clock.ts';
import { maximalVersions, type Version } from './versions.ts';
import { dotOf } from './write.ts';

/** What one node knows of a key: its versions, and the expanded clock of all writes that the node has delivered. */
export type KeyState = { clock: VectorClock; versions: readonly Version[] };

/**
 * Joins what two nodes know of one key: the versions of a node that has delivered the writes of both.
 *
 * A version that only one side has is new to the other side, or the other side has replaced it. The other side's
 * clock tells which. The clock of the result is the merge of both clocks.
 *
 * N. Preguiça, C. Baquero, P. S. Almeida, V. Fonte, R. Gonçalves, "Dotted Version Vectors", 2010.
 *
 * @param retired all retirements that any of the clocks counts
 * @returns the versions, the winner first; empty if both nodes together have dropped the key
 */
export function joinVersions(left: KeyState, right: KeyState, retired: Retirements): readonly Version[] {
  const onlyRight = survivors(right.versions, left).filter((version) => !has(left.versions, version));
  return maximalVersions([...survivors(left.versions, right), ...onlyRight], retired);
}

/** Keeps the versions that the other side has too, and those that it has not delivered. */
function survivors(versions: readonly Version[], other: KeyState): Version[] {
  return versions.filter((version) => has(other.versions, version) || !includes(other.clock, version));
}

function has(versions: readonly Version[], version: Version): boolean {
  const { node, counter } = dotOf(version);
  return versions.some(({ sender, vc }) => sender === node && counterOf(vc, sender) === counter);
}

/** Reports whether a clock counts the write that made a version. */
function includes(clock: VectorClock, version: Version): boolean {
  const { node, counter } = dotOf(version);
  return counterOf(clock, node) >= counter;
}
