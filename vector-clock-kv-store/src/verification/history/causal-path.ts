import type { Execution, HistoryEvent } from './execution.ts';
import { referenceTo } from './format-operation.ts';

/** A step from one event to a later one. */
type Step = { from: HistoryEvent; to: HistoryEvent; reason: string };

/** The reason for a step that is neither program order nor write-read. */
type ReasonOf = (from: HistoryEvent, to: HistoryEvent) => string;

const SAME_SESSION = 'later in its session';

/**
 * Formats a path through a history, one line per step. Consecutive steps within one session become one step.
 *
 * @param path event ids, at least two
 */
export function formatPath(
  execution: Execution,
  path: readonly number[],
  otherReason: ReasonOf = () => '',
): string[] {
  return stepsOf(execution, path, otherReason).map(
    ({ from, to, reason }) =>
      `${referenceTo(execution, from).text}  →  ${referenceTo(execution, to).text}  (${reason})`,
  );
}

/** The events where the steps of a path start. Leaves out events passed within a session. */
export function stepStarts(execution: Execution, path: readonly number[]): HistoryEvent[] {
  return stepsOf(execution, path, () => '').map(({ from }) => from);
}

function stepsOf({ events }: Execution, path: readonly number[], otherReason: ReasonOf): Step[] {
  const steps: Step[] = [];
  for (let index = 1; index < path.length; index++) {
    const from = events[path[index - 1] ?? 0];
    const to = events[path[index] ?? 0];
    if (from === undefined || to === undefined) continue;
    const reason = causalReason(from, to) ?? otherReason(from, to);
    const last = steps.at(-1);
    if (reason === SAME_SESSION && last?.reason === SAME_SESSION) last.to = to;
    else steps.push({ from, to, reason });
  }
  return steps;
}

function causalReason(from: HistoryEvent, to: HistoryEvent): string | undefined {
  if (to.previous === from) return SAME_SESSION;
  if (to.type === 'read' && to.source.from === 'write' && to.source.write === from) return 'which it read';
  return undefined;
}
