import type { CausalOrder } from './causal-order.ts';
import { arrowsAlong, formatPath } from './causal-path.ts';
import { type Digraph, shortestPath } from './digraph.ts';
import type { Execution, HistoryEvent } from './execution.ts';
import { referenceTo } from './format-operation.ts';
import type { ObservationsByKey } from './observations.ts';
import type { BadPattern, Relation, Violation } from './verdict.ts';

/** What the checks for patterns read. All of them presuppose an acyclic causal order. */
export type CheckContext = {
  execution: Execution;
  /** The edges of program order and write-read, by event id. */
  edges: Digraph;
  order: CausalOrder;
  observations: ObservationsByKey;
};

/** The arrow that makes a pattern impossible: what a read says, against the causal order. */
type Contradiction = { from: HistoryEvent; to: HistoryEvent; relation: Relation };

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
  contradiction?: Contradiction,
): Violation {
  const paths = milestones.slice(1).flatMap((to, index) => {
    const from = milestones[index];
    const path = from === undefined ? undefined : shortestPath(edges, from.id, to.id);
    return path === undefined ? [] : [[...path, to.id]];
  });
  const reference = (event: HistoryEvent) => referenceTo(execution, event);
  return {
    consistent: false,
    pattern,
    operations: operations.map(reference),
    explanation,
    evidence: paths.flatMap((path) => formatPath(execution, path)),
    arrows: [
      ...paths.flatMap((path) => arrowsAlong(execution, path)),
      ...(contradiction === undefined
        ? []
        : [
            {
              from: reference(contradiction.from),
              to: reference(contradiction.to),
              relation: contradiction.relation,
              isContradiction: true as const,
            },
          ]),
    ],
  };
}
