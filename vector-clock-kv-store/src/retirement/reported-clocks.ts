import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, descends, dotKey, merge, type VectorClock } from '../causality/vector-clock.ts';

/**
 * Returns the highest write heard of, as a node reports it: without the retired ids of which nothing newer was heard.
 *
 * Plain names stay: a node that lost its data asks for its name to learn whether it may use it again. There are no
 * more of them than nodes that were ever members.
 *
 * @param clock the delivered writes, expanded
 */
export function reportedHeardOf(retired: Retirements, clock: VectorClock, heardOf: VectorClock): VectorClock {
  if (retired.size === 0) return heardOf;
  const live = retired.compact(clock);
  const reported = Object.entries(heardOf).filter(
    ([id, counter]) => id === nameOf(id) || counterOf(live, id) > 0 || counter > counterOf(clock, id),
  );
  return Object.fromEntries(reported);
}

/**
 * Returns the pruned writes, as a node reports them: without the retired ids.
 *
 * A node that misses pruned writes must notice, so that it fetches a snapshot. An id may therefore go only if the
 * write that retired it is reported as pruned instead. It was not pruned, but if every member has it, then only a
 * node that has lost its data misses it, and such a node needs a snapshot in any case.
 *
 * @param stable the writes that every member has
 */
export function reportedPruned(retired: Retirements, pruned: VectorClock, stable: VectorClock): VectorClock {
  if (retired.size === 0) return pruned;
  let reported = pruned;
  const waiting = new Map(
    retired.all
      .filter(({ dot }) => counterOf(stable, dot.node) >= dot.counter)
      .map((retirement) => [dotKey(retirement.dot), retirement]),
  );
  for (let before: VectorClock | undefined; before !== reported; ) {
    before = reported;
    for (const [key, { dot, finals }] of waiting) {
      if (!Object.keys(finals).some((id: NodeId) => counterOf(reported, id) > 0)) continue;
      waiting.delete(key);
      reported = merge(reported, { [dot.node]: dot.counter });
    }
  }
  return retired.compact(reported);
}

/**
 * Returns the ids that a client may drop from its context once it has added a response's clock to it: that clock
 * includes the context, but implies these entries.
 */
export function impliedIds(context: VectorClock, vc: VectorClock): NodeId[] {
  return Object.keys(context).filter((id) => counterOf(vc, id) < counterOf(context, id));
}

/** Returns a client's context after a response: with the response's clock, without the ids that it implies. */
export function contextAfter(
  context: VectorClock,
  vc: VectorClock,
  retired: readonly NodeId[] = [],
): VectorClock {
  const after = merge(context, vc);
  if (retired.length === 0) return after;
  return Object.fromEntries(Object.entries(after).filter(([id]) => !retired.includes(id)));
}

/**
 * Adds what a peer has pruned to the clock that it reports: it has that too. Its clock may omit a retired id while
 * its pruned writes still show it, and a node that misses the retirement would take the peer for one that is behind.
 */
export function withPruned<Report extends { clock: VectorClock; pruned: VectorClock }>(
  report: Report,
): Report {
  const { clock, pruned } = report;
  return descends(clock, pruned) ? report : { ...report, clock: merge(clock, pruned) };
}
