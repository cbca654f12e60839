import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';

/** What a member last reported. */
export type MemberReport = {
  name: string;
  /** The id that it counts its writes under. */
  id: NodeId;
  /** A node that is `starting` may lack any write. It gets what it lacks before it makes one. */
  status: string;
  clock: VectorClock;
  heardOf: VectorClock;
};

/** What one node knows of the cluster. */
export type ClusterView = {
  /** This node. Its clocks are expanded. */
  self: MemberReport;
  /** The other members; undefined for one that has not reported lately, or that cannot retire ids. */
  others: readonly (MemberReport | undefined)[];
  retired: Retirements;
};

/** 200 ids have at most 16 KB: a record is a small write. The others follow in the next rounds. */
const MAX_AT_ONCE = 200;

/**
 * Decides when the ids of dead incarnations may be retired.
 *
 * An id is due once no member uses it, every member has all of its writes, and this has been so for a while. No
 * guarantee depends on that: a write that turns up later is delivered like any other, and its entry comes back. It
 * only keeps entries from coming and going.
 */
export class RetirementPlanner {
  readonly #delayMs: number;
  /** The ids that no member uses: their last counter, and since when it was the same everywhere. */
  readonly #unused = new Map<NodeId, { counter: number; since: number }>();

  /** @param delayMs how long an id must have been unused and complete everywhere */
  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Returns the ids to retire now; empty at all nodes but one. */
  due(view: ClusterView, now: number): NodeId[] {
    const complete = completeIds(view);
    for (const [id, { counter }] of this.#unused) {
      if (complete.get(id) !== counter) this.#unused.delete(id);
    }
    for (const [id, counter] of complete) {
      if (!this.#unused.has(id)) this.#unused.set(id, { counter, since: now });
    }
    if (!isCoordinator(view)) return [];
    return [...this.#unused]
      .filter(([, { since }]) => now - since >= this.#delayMs)
      .map(([id]) => id)
      .slice(0, MAX_AT_ONCE);
  }
}

/** Finds the ids that no member uses and of which every member has the same writes, with their last counter. */
function completeIds({ self, others, retired }: ClusterView): Map<NodeId, number> {
  const members = others.filter((member) => member !== undefined);
  if (members.length < others.length) return new Map();
  const used = new Set([self, ...members].map(({ id }) => id));
  const unused = Object.entries(retired.compact(self.clock)).filter(([id]) => !used.has(id));
  if (unused.length === 0) return new Map();
  const reports = [self, ...members].map((member) => ({
    ...member,
    clock: retired.expand(member.clock),
    heardOf: retired.expand(member.heardOf),
  }));
  return new Map(
    unused.filter(([id, counter]) =>
      reports.every(
        ({ status, clock, heardOf }) =>
          counterOf(heardOf, id) <= counter && (status === 'starting' || counterOf(clock, id) === counter),
      ),
    ),
  );
}

/** One node is enough: the first by name of those that serve. Two that both believe it do no harm. */
function isCoordinator({ self, others }: ClusterView): boolean {
  return others.every((other) => other?.status !== 'ok' || self.name < other.name);
}
