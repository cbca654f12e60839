import type { CausalOrder } from './causal-order.ts';
import { refer } from './describe.ts';
import { type Digraph, shortestPath } from './digraph.ts';
import { tellWay } from './evidence.ts';
import type { Execution, HistoryEvent } from './execution.ts';
import type { SightingsByKey } from './observations.ts';
import type { BadPattern, Conviction } from './verdict.ts';

/** What the patterns that presuppose an acyclic causal order are searched in. */
export type Judgement = {
  execution: Execution;
  /** The edges of program order and write-read, by event number. */
  edges: Digraph;
  order: CausalOrder;
  sightings: SightingsByKey;
};

/** Words a conviction. `way` lists, in causal order, events between which the evidence is to be shown. */
export function convict(
  { execution, edges }: Pick<Judgement, 'execution' | 'edges'>,
  pattern: BadPattern,
  operations: readonly HistoryEvent[],
  explanation: string,
  way: readonly HistoryEvent[] = [],
): Conviction {
  const evidence = way.slice(1).flatMap((to, index) => {
    const from = way[index];
    const path = from === undefined ? undefined : shortestPath(edges, from.id, to.id);
    return path === undefined ? [] : tellWay(execution, [...path, to.id], () => '');
  });
  return {
    consistent: false,
    pattern,
    operations: operations.map((event) => refer(execution, event)),
    explanation,
    evidence,
  };
}
