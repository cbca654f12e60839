import type { CausalOrder } from './causal-order.ts';
import { formatPath } from './causal-path.ts';
import { type Digraph, shortestPath } from './digraph.ts';
import type { Execution, HistoryEvent } from './execution.ts';
import { referenceTo } from './format-operation.ts';
import type { ObservationsByKey } from './observations.ts';
import type { BadPattern, Violation } from './verdict.ts';

/** What the checks for patterns read. All of them presuppose an acyclic causal order. */
export type CheckContext = {
  execution: Execution;
  /** The edges of program order and write-read, by event id. */
  edges: Digraph;
  order: CausalOrder;
  observations: ObservationsByKey;
};

/**
 * Describes a violation.
 *
 * @param milestones events in causal order; the evidence shows the shortest path from each to the next
 */
export function violation(
  { execution, edges }: Pick<CheckContext, 'execution' | 'edges'>,
  pattern: BadPattern,
  operations: readonly HistoryEvent[],
  explanation: string,
  milestones: readonly HistoryEvent[] = [],
): Violation {
  const evidence = milestones.slice(1).flatMap((to, index) => {
    const from = milestones[index];
    const path = from === undefined ? undefined : shortestPath(edges, from.id, to.id);
    return path === undefined ? [] : formatPath(execution, [...path, to.id]);
  });
  return {
    consistent: false,
    pattern,
    operations: operations.map((event) => referenceTo(execution, event)),
    explanation,
    evidence,
  };
}
