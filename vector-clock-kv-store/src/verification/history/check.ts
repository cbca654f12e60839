import { CausalOrder, causalEdges } from './causal-order.ts';
import type { Judgement } from './check-context.ts';
import { relate } from './execution.ts';
import type { History } from './history.ts';
import { SightingsByKey } from './observations.ts';
import { findCyclicCf } from './patterns/cyclic-cf.ts';
import { cyclicCo } from './patterns/cyclic-co.ts';
import { findThinAirRead } from './patterns/thin-air-read.ts';
import { findWriteCoInitRead } from './patterns/write-co-init-read.ts';
import { findWriteCoRead } from './patterns/write-co-read.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges whether a history is causally convergent (CCv): it is exactly when none of five patterns occurs in
 * it. A. Bouajjani, C. Enea, R. Guerraoui, J. Hamza, "On Verifying Causal Consistency" (POPL 2017).
 * It takes time and memory in proportion to operations times sessions.
 *
 * @returns the first pattern found, in the order in which they build on each other, or that there is none
 * @throws HistoryError when the history cannot be judged: two writes of a key have one value
 */
export function checkHistory(history: History): Verdict {
  const execution = relate(history);
  const thinAirRead = findThinAirRead(execution);
  if (thinAirRead !== undefined) return thinAirRead;
  const edges = causalEdges(execution);
  const order = CausalOrder.of(execution, edges);
  if ('cycle' in order) return cyclicCo(execution, order.cycle);
  const judgement: Judgement = { execution, edges, order, sightings: new SightingsByKey(execution, order) };
  return (
    findWriteCoInitRead(judgement) ??
    findWriteCoRead(judgement) ??
    findCyclicCf(judgement) ?? {
      consistent: true,
      operations: execution.events.length,
      sessions: execution.sessions.length,
      keys: new Set(execution.events.map(({ key }) => key)).size,
    }
  );
}
