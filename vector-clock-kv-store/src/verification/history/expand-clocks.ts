import { type Retirement, Retirements } from '../../causality/retirements.ts';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { FinalState } from './check-run.ts';
import type { History } from './history.ts';

/**
 * Adds the entries of retired ids to all clocks of a run, so that the checks compare causal pasts.
 *
 * A node omits an entry once its clock counts the write that retired it. Every expanded clock is the past that the
 * node's clock stands for, so the checks are as strict as without retirement.
 */
export function expandClocks(
  history: History,
  finalStates: readonly FinalState[],
): { history: History; finalStates: readonly FinalState[] } {
  const all = finalStates.flatMap<Retirement>(({ retired }) => retired ?? []);
  const retired = Retirements.none.with(all);
  if (retired.size === 0) return { history, finalStates };
  const expanded = <Clocked extends { vc?: VectorClock | undefined }>(item: Clocked): Clocked =>
    item.vc === undefined ? item : { ...item, vc: retired.expand(item.vc) };
  return {
    history: {
      sessions: history.sessions.map((session) => ({
        ...session,
        operations: session.operations.map((operation) => expanded(operation)),
      })),
    },
    finalStates: finalStates.map((final) => ({
      ...final,
      clock: retired.expand(final.clock),
      versions: new Map([...final.versions].map(([key, versions]) => [key, versions.map(expanded)])),
    })),
  };
}
