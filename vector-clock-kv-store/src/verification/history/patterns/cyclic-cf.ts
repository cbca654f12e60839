import type { Judgement } from '../check-context.ts';
import { refer, show } from '../describe.ts';
import { type Digraph, topologicalOrder } from '../digraph.ts';
import { tellWay, turnsOf } from '../evidence.ts';
import type { HistoryEvent, ReadEvent } from '../execution.ts';
import type { Conviction } from '../verdict.ts';

/**
 * CyclicCF: no one order of writes agrees with what was read. A read that has one write in its past and
 * returns another of the same key says that the other is the later one (cf); cf and co together are a cycle.
 */
export function findCyclicCf(judgement: Judgement): Conviction | undefined {
  const { execution } = judgement;
  const { graph, witnesses } = conflicts(judgement);
  const sorted = topologicalOrder(graph);
  if ('order' in sorted) return undefined;
  const way = [...sorted.cycle, ...sorted.cycle.slice(0, 1)];
  const witnessOf = (from: HistoryEvent, to: HistoryEvent) => witnesses.get(edgeName(judgement, from, to));
  const reads = way.slice(1).flatMap((to, index) => {
    const [before, after] = [execution.events[way[index] ?? 0], execution.events[to]];
    return (before && after && witnessOf(before, after)) ?? [];
  });
  const involved = new Set([...turnsOf(execution, way), ...reads]);
  return {
    consistent: false,
    pattern: 'CyclicCF',
    operations: [...involved].map((event) => refer(execution, event)),
    explanation: 'No order of these writes agrees with every read of them.',
    evidence: tellWay(execution, way, (from, to) => {
      const witness = witnessOf(from, to);
      if (witness === undefined) return '';
      return `the later one, says ${refer(execution, witness).text}, with ${show(from.operation.value)} in its past`;
    }),
  };
}

/**
 * The causal order with conflict edges enough for every cycle that cf and co have: for each read, one per
 * session, from the last write of the key that the session had sighted within the read's past.
 *
 * That is enough. Take two sightings of a session, one right after the other, e before f, both in the past of
 * r, which read w. When f is the session's own write, e precedes it. When f is a write of unknown outcome, the
 * session sighted it by reading it, with e in the past of that read and no sighting between: the edge from e
 * to f is among those added for that read. Either way e reaches f, so every earlier sighting reaches the last
 * one, whose edge leads to w. (Where the last one precedes w already, an edge would add nothing and is left out.)
 */
function conflicts(judgement: Judgement): { graph: Digraph; witnesses: Map<number, ReadEvent> } {
  const { execution, edges, sightings, order } = judgement;
  const graph = edges.map((successors) => [...successors]);
  const witnesses = new Map<number, ReadEvent>();
  for (const read of execution.events) {
    if (read.type !== 'read' || read.source.from !== 'write') continue;
    const { write } = read.source;
    const [known, past] = [order.past(write), order.past(read)];
    for (const ofSession of sightings.of(read.key)) {
      const other = ofSession.lastSince(known, past);
      if (other === undefined || other === write) continue;
      const name = edgeName(judgement, other, write);
      if (witnesses.has(name)) continue;
      witnesses.set(name, read);
      graph[other.id]?.push(write.id);
    }
  }
  return { graph, witnesses };
}

function edgeName({ execution }: Judgement, from: HistoryEvent, to: HistoryEvent): number {
  return from.id * execution.events.length + to.id;
}
