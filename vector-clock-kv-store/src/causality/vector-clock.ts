import type { NodeId } from './node-id.ts';

/**
 * A vector clock: how many writes of each node are known. An absent entry is 0. Values are never changed
 * in place. C. Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering" (1988);
 * F. Mattern, "Virtual Time and Global States of Distributed Systems" (1989).
 */
export type VectorClock = Readonly<Record<NodeId, number>>;

/** One write, named by who made it and which of its writes it is. Counters start at 1. */
export type Dot = { node: NodeId; counter: number };

/** A dot as text, for maps: no two dots have one text. */
export function dotKey({ node, counter }: Dot): string {
  return `${counter}@${node}`;
}

/** The clock that knows nothing. */
export const zeroClock: VectorClock = Object.freeze({});

/** How many writes of `node` the clock knows. */
export function counterOf(clock: VectorClock, node: NodeId): number {
  // Own members only: a node may be called `constructor`.
  return Object.hasOwn(clock, node) ? (clock[node] ?? 0) : 0;
}

/** The clock with `node`'s entry raised by one. */
export function tick(clock: VectorClock, node: NodeId): VectorClock {
  return { ...clock, [node]: counterOf(clock, node) + 1 };
}

/** The least clock that knows all that either of the two does. */
export function merge(left: VectorClock, right: VectorClock): VectorClock {
  const merged: Record<NodeId, number> = { ...left };
  for (const [node, counter] of Object.entries(right)) {
    if (counter > counterOf(left, node)) merged[node] = counter;
  }
  return merged;
}

/** The greatest clock that knows only what both do. */
export function pointwiseMin(left: VectorClock, right: VectorClock): VectorClock {
  const common: Record<NodeId, number> = {};
  for (const node of Object.keys(left)) {
    const counter = Math.min(counterOf(left, node), counterOf(right, node));
    if (counter > 0) common[node] = counter;
  }
  return common;
}

/** Whether `clock` knows all that `other` knows. */
export function descends(clock: VectorClock, other: VectorClock): boolean {
  return firstMissing(clock, other) === undefined;
}

/** How two clocks stand to each other; `before` means that `left` is a part of `right`'s past. */
export function compare(left: VectorClock, right: VectorClock): 'equal' | 'before' | 'after' | 'concurrent' {
  const after = descends(left, right);
  const before = descends(right, left);
  if (after && before) return 'equal';
  if (after) return 'after';
  return before ? 'before' : 'concurrent';
}

/** The first write that `wanted` knows and `clock` does not, taking each node's latest; undefined when none. */
export function firstMissing(clock: VectorClock, wanted: VectorClock): Dot | undefined {
  for (const [node, counter] of Object.entries(wanted)) {
    if (counter > counterOf(clock, node)) return { node, counter };
  }
  return undefined;
}

/**
 * The causal delivery rule: a message is ready when it is its sender's next and all else it knows is known
 * here. K. Birman, A. Schiper, P. Stephenson, "Lightweight Causal and Atomic Group Multicast" (1991), section 5.1.
 *
 * @param clock what this node has delivered
 * @returns the first write that the message waits for, or undefined when it is ready. Undefined too for a
 *   message that was delivered before: ask `counterOf(clock, sender)` first
 */
export function missingDependency(clock: VectorClock, sender: NodeId, vc: VectorClock): Dot | undefined {
  const previous = counterOf(vc, sender) - 1;
  if (previous > counterOf(clock, sender)) return { node: sender, counter: previous };
  for (const [node, counter] of Object.entries(vc)) {
    if (node !== sender && counter > counterOf(clock, node)) return { node, counter };
  }
  return undefined;
}

/** The number of writes a clock knows. It grows along causality: a part of a clock has a smaller sum. */
export function clockSum(clock: VectorClock): number {
  let sum = 0;
  for (const counter of Object.values(clock)) sum += counter;
  return sum;
}
