import type { NodeId } from './node-id.ts';

/**
 * A vector clock: for each node, how many of its writes are in a causal past. An absent entry is 0. Immutable.
 *
 * C. Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", 1988.
 * F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989.
 */
export type VectorClock = Readonly<Record<NodeId, number>>;

/** Identifies one write: the node that made it and the write's number at that node, from 1. */
export type Dot = { node: NodeId; counter: number };

/** Returns a map key for a dot; distinct dots have distinct keys. */
export function dotKey({ node, counter }: Dot): string {
  return `${counter}@${node}`;
}

/** The clock of an empty causal past. */
export const zeroClock: VectorClock = Object.freeze({});

/** Returns the clock's entry for a node, 0 if it has none. */
export function counterOf(clock: VectorClock, node: NodeId): number {
  const counter: unknown = clock[node];
  // A node may be named after a property of every object, such as `constructor`, but none of those is a number.
  return typeof counter === 'number' ? counter : 0;
}

/** Increments one node's entry: the clock of that node's next write. */
export function tick(clock: VectorClock, node: NodeId): VectorClock {
  return { ...clock, [node]: counterOf(clock, node) + 1 };
}

/** Takes the larger of each pair of entries: the smallest clock that descends from both. */
export function merge(left: VectorClock, right: VectorClock): VectorClock {
  const merged: Record<NodeId, number> = { ...left };
  for (const [node, counter] of Object.entries(right)) {
    if (counter > counterOf(left, node)) merged[node] = counter;
  }
  return merged;
}

/** Takes the smaller of each pair of entries: the largest clock that both descend from. */
export function pointwiseMin(left: VectorClock, right: VectorClock): VectorClock {
  const common: Record<NodeId, number> = {};
  for (const node of Object.keys(left)) {
    const counter = Math.min(counterOf(left, node), counterOf(right, node));
    if (counter > 0) common[node] = counter;
  }
  return common;
}

/** Reports whether `clock` includes every write that `ancestor` includes. A clock descends from itself. */
export function descends(clock: VectorClock, ancestor: VectorClock): boolean {
  return firstMissing(clock, ancestor) === undefined;
}

/** Compares two clocks in the causal order. `before` means that `left` happened before `right`. */
export function compare(left: VectorClock, right: VectorClock): 'equal' | 'before' | 'after' | 'concurrent' {
  const after = descends(left, right);
  const before = descends(right, left);
  if (after && before) return 'equal';
  if (after) return 'after';
  return before ? 'before' : 'concurrent';
}

/** Finds a node whose latest write in `wanted` is not in `clock`, and returns that write; undefined if none. */
export function firstMissing(clock: VectorClock, wanted: VectorClock): Dot | undefined {
  for (const [node, counter] of Object.entries(wanted)) {
    if (counter > counterOf(clock, node)) return { node, counter };
  }
  return undefined;
}

/**
 * The causal delivery rule: finds a write that must be delivered before a message can be.
 * A message is ready when it is its sender's next write and all other writes in its past have been delivered.
 *
 * K. Birman, A. Schiper, P. Stephenson, "Lightweight Causal and Atomic Group Multicast", 1991, section 5.1.
 *
 * @param clock the writes delivered at this node
 * @param vc the message's clock, with the message itself counted
 * @returns undefined if the message is ready, and also if it is a duplicate: check `counterOf(clock, sender)` first
 */
export function missingDependency(clock: VectorClock, sender: NodeId, vc: VectorClock): Dot | undefined {
  const previous = counterOf(vc, sender) - 1;
  if (previous > counterOf(clock, sender)) return { node: sender, counter: previous };
  // Not a list of its entries: every write is asked.
  for (const node in vc) {
    const counter = counterOf(vc, node);
    if (node !== sender && counter > counterOf(clock, node)) return { node, counter };
  }
  return undefined;
}

/** Counts the writes in a clock. The sum extends the causal order: an earlier clock has a smaller sum. */
export function clockSum(clock: VectorClock): number {
  let sum = 0;
  for (const counter of Object.values(clock)) sum += counter;
  return sum;
}
