import { CausalOrder, causalEdges } from './causal-order.ts';
import type { CheckContext } from './check-context.ts';
import { buildExecution } from './execution.ts';
import type { History } from './history.ts';
import { ObservationsByKey } from './observations.ts';
import { findCyclicCf } from './patterns/cyclic-cf.ts';
import { cyclicCoViolation } from './patterns/cyclic-co.ts';
import { findThinAirRead } from './patterns/thin-air-read.ts';
import { findWriteCoInitRead } from './patterns/write-co-init-read.ts';
import { findWriteCoRead } from './patterns/write-co-read.ts';
import type { Verdict } from './verdict.ts';

/**
 * Checks whether a history is causally convergent (CCv): whether none of five bad patterns occurs in it.
 *
 * Time and memory grow with operations × sessions. Source: A. Bouajjani, C. Enea, R. Guerraoui, J. Hamza,
 * "On Verifying Causal Consistency" (POPL 2017).
 *
 * @returns the first pattern found; later patterns presuppose the absence of earlier ones
 * @throws HistoryError when the history cannot be checked because two writes of a key have the same value
 */
export function checkHistory(history: History): Verdict {
  const execution = buildExecution(history);
  const thinAirRead = findThinAirRead(execution);
  if (thinAirRead !== undefined) return thinAirRead;
  const edges = causalEdges(execution);
  const order = CausalOrder.of(execution, edges);
  if ('cycle' in order) return cyclicCoViolation(execution, order.cycle);
  const context: CheckContext = {
    execution,
    edges,
    order,
    observations: new ObservationsByKey(execution, order),
  };
  return (
    findWriteCoInitRead(context) ??
    findWriteCoRead(context) ??
    findCyclicCf(context) ?? {
      consistent: true,
      operations: execution.events.length,
      sessions: execution.sessions.length,
      keys: new Set(execution.events.map(({ key }) => key)).size,
    }
  );
}
