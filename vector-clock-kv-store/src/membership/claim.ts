import { continues, type Lineage } from '../causality/lineage.ts';
import { type NodeId, nameOf } from '../causality/node-id.ts';

/** A node's request to count its writes under an id. */
export type Claim = {
  id: NodeId;
  /** The lives of the node's disk; the last one is the claimant's. */
  lineage: Lineage;
};

/** Who answers at the addresses of the claimed name. */
export type Holder = 'claimant' | 'another process' | 'nobody';

/**
 * `another process`: a process with another life answers under the name. `nobody`: the claimant could not be called.
 * `later write`: a write under the id is known that the claimant does not have. `another life`: the id was last used
 * by a life that has not written to the claimant's disk. `unlisted`: the member does not know the name.
 */
export const refusals = ['another process', 'nobody', 'later write', 'another life', 'unlisted'] as const;

export type Refusal = (typeof refusals)[number];

/** A member's answer: granted, or why not, and whose writes under the name the member has recorded. */
export type ClaimAnswer = {
  refusal?: Refusal | undefined;
  record?: Lineage | undefined;
  /**
   * Whether the member has heard the last life that wrote to the claimant's disk while that life ran. Members that were
   * restored together with the claimant have not. Undefined for members that cannot say.
   */
  witness?: boolean | undefined;
};

/** What a member knows of the claimed name. */
export type ClaimKnowledge = {
  holder: Holder;
  /** The number of the last write under the id that has arrived at the member. */
  heard: number;
  record: Lineage | undefined;
};

/**
 * Decides on a claim: undefined if the member has nothing against it.
 *
 * A numbering may continue only from a disk that has every life's writes so far, so the last recorded life must have
 * used that disk. A new incarnation has no numbering to continue: only its name can be taken.
 */
export function objectionTo({ id, lineage }: Claim, known: ClaimKnowledge): Refusal | undefined {
  const { heard, holder, record = [] } = known;
  if (holder !== 'claimant') return holder;
  const from = lineage.at(-1)?.from ?? 0;
  if (heard > from) return 'later write';
  const isNew = from === 0 && id !== nameOf(id) && lineage.filter((tenure) => tenure.id === id).length === 1;
  return isNew || continues(lineage, record) ? undefined : 'another life';
}
