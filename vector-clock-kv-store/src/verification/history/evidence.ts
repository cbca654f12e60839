import { refer } from './describe.ts';
import type { Execution, HistoryEvent } from './execution.ts';

/** One step from an operation to a later one. */
type Step = { from: HistoryEvent; to: HistoryEvent; because: string };

const sameSession = 'later in its session';

/**
 * Tells a way through a history, one line per step. Steps within one session that follow each other are one.
 *
 * @param way the events passed, by number, at least two
 * @param otherwise why a step leads on that is neither program order nor write-read
 */
export function tellWay(
  execution: Execution,
  way: readonly number[],
  otherwise: (from: HistoryEvent, to: HistoryEvent) => string,
): string[] {
  return stepsOf(execution, way, otherwise).map(
    ({ from, to, because }) =>
      `${refer(execution, from).text}  →  ${refer(execution, to).text}  (${because})`,
  );
}

/** The events at which a way turns: all but those passed within a session. */
export function turnsOf(execution: Execution, way: readonly number[]): HistoryEvent[] {
  return stepsOf(execution, way, () => '').map(({ from }) => from);
}

function stepsOf(
  { events }: Execution,
  way: readonly number[],
  otherwise: (from: HistoryEvent, to: HistoryEvent) => string,
): Step[] {
  const steps: Step[] = [];
  for (let index = 1; index < way.length; index++) {
    const from = events[way[index - 1] ?? 0];
    const to = events[way[index] ?? 0];
    if (from === undefined || to === undefined) continue;
    const because = reason(from, to) ?? otherwise(from, to);
    const last = steps.at(-1);
    if (because === sameSession && last?.because === sameSession) last.to = to;
    else steps.push({ from, to, because });
  }
  return steps;
}

function reason(from: HistoryEvent, to: HistoryEvent): string | undefined {
  if (to.previous === from) return sameSession;
  if (to.type === 'read' && to.source.from === 'write' && to.source.write === from) return 'which it read';
  return undefined;
}
