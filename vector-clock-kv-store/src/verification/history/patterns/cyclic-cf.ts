import { arrowsAlong, formatPath, stepStarts } from '../causal-path.ts';
import type { CheckContext } from '../check-context.ts';
import { type Digraph, topologicalOrder } from '../digraph.ts';
import type { HistoryEvent, ReadEvent } from '../execution.ts';
import { formatValue, referenceTo } from '../format-operation.ts';
import type { PatternArrow, Violation } from '../verdict.ts';

/**
 * CyclicCF: no single order of writes explains all reads.
 *
 * A read with one write in its past that returns another write of the same key implies that the other write
 * is the later one (conflict order, cf). The pattern is a cycle of cf and co together.
 */
export function findCyclicCf(context: CheckContext): Violation | undefined {
  const { execution } = context;
  const { graph, witnesses } = addConflicts(context);
  const sorted = topologicalOrder(graph);
  if ('order' in sorted) return undefined;
  const path = [...sorted.cycle, ...sorted.cycle.slice(0, 1)];
  const witnessOf = (from: HistoryEvent, to: HistoryEvent) => witnesses.get(edgeId(context, from, to));
  const reads = path.slice(1).flatMap((to, index) => {
    const [before, after] = [execution.events[path[index] ?? 0], execution.events[to]];
    return (before && after && witnessOf(before, after)) ?? [];
  });
  const involved = new Set([...stepStarts(execution, path), ...reads]);
  return {
    consistent: false,
    pattern: 'CyclicCF',
    operations: [...involved].map((event) => referenceTo(execution, event)),
    explanation: 'No single order of these writes explains every read of them.',
    evidence: formatPath(execution, path, (from, to) => {
      const witness = witnessOf(from, to);
      if (witness === undefined) return '';
      return `the later write, because ${referenceTo(execution, witness).text} with ${formatValue(from.operation.value)} in its past`;
    }),
    arrows: [...arrowsAlong(execution, path, 'conflict order'), ...witnessArrows(context, path, witnessOf)],
  };
}

/** For each conflict of a cycle: the read that returned the later write, with the earlier one in its past. */
function witnessArrows(
  { execution }: CheckContext,
  path: readonly number[],
  witnessOf: (from: HistoryEvent, to: HistoryEvent) => ReadEvent | undefined,
): PatternArrow[] {
  return path.slice(1).flatMap((id, index): PatternArrow[] => {
    const [earlier, later] = [execution.events[path[index] ?? 0], execution.events[id]];
    const read = earlier && later && witnessOf(earlier, later);
    if (read === undefined) return [];
    const to = referenceTo(execution, read);
    const isSameSession = earlier?.session === read.session;
    return [earlier, later].flatMap((event): PatternArrow[] => {
      if (event === undefined) return [];
      const causal = isSameSession ? 'session order' : 'causal order';
      return [{ from: referenceTo(execution, event), to, relation: event === later ? 'reads from' : causal }];
    });
  });
}

/**
 * Adds conflict edges to the causal order. For each read and session, adds one edge, from the last write of
 * the key that the session had observed within the read's past.
 *
 * These edges suffice to find every cycle of cf and co. Take consecutive observations e and f of a session,
 * both in the past of a read r of write w. If f is the session's own write, e precedes it. If f is a write of
 * unknown outcome, the session observed it by reading it, with e in the past of that read and no observation
 * between: that read added the edge from e to f. So every earlier observation reaches the last one, and the
 * edge from the last one leads to w. If the last one already precedes w, an edge would add nothing.
 */
function addConflicts(context: CheckContext): { graph: Digraph; witnesses: Map<number, ReadEvent> } {
  const { execution, edges, observations, order } = context;
  const graph = edges.map((successors) => [...successors]);
  const witnesses = new Map<number, ReadEvent>();
  for (const read of execution.events) {
    if (read.type !== 'read' || read.source.from !== 'write') continue;
    const { write } = read.source;
    const [pastOfWrite, pastOfRead] = [order.past(write), order.past(read)];
    for (const ofSession of observations.of(read.key)) {
      const other = ofSession.lastIn(pastOfRead, pastOfWrite);
      if (other === undefined || other === write) continue;
      const edge = edgeId(context, other, write);
      if (witnesses.has(edge)) continue;
      witnesses.set(edge, read);
      graph[other.id]?.push(write.id);
    }
  }
  return { graph, witnesses };
}

function edgeId({ execution }: CheckContext, from: HistoryEvent, to: HistoryEvent): number {
  return from.id * execution.events.length + to.id;
}
