import type { Execution, HistoryEvent } from './execution.ts';
import { referenceTo } from './format-operation.ts';
import type { PatternArrow, Relation } from './verdict.ts';

/** A step from one event to a later one. Without a relation, its reason is neither program order nor write-read. */
type Step = { from: HistoryEvent; to: HistoryEvent; relation: Relation | undefined; reason: string };

/** The reason for a step that is neither program order nor write-read. */
type ReasonOf = (from: HistoryEvent, to: HistoryEvent) => string;

/** The longest chain that a picture shows step by step; of a longer one, the ends. */
const STEPS_SHOWN = 8;
const STEPS_AT_ENDS = 3;

const reasons: Partial<Record<Relation, string>> = {
  'session order': 'later in its session',
  'reads from': 'which it read',
};

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

/**
 * Returns a path as arrows of a picture. The middle of a long one becomes a single arrow.
 *
 * @param other the relation of steps that are neither program order nor write-read
 */
export function arrowsAlong(
  execution: Execution,
  path: readonly number[],
  other: Relation = 'causal order',
): PatternArrow[] {
  const arrows = stepsOf(execution, path, () => '').map(
    ({ from, to, relation = other }): PatternArrow => ({
      from: referenceTo(execution, from),
      to: referenceTo(execution, to),
      relation,
    }),
  );
  const middle = arrows.slice(STEPS_AT_ENDS, -STEPS_AT_ENDS);
  const [first, last] = [middle[0], middle.at(-1)];
  if (arrows.length <= STEPS_SHOWN || first === undefined || last === undefined) return arrows;
  return [
    ...arrows.slice(0, STEPS_AT_ENDS),
    { from: first.from, to: last.to, relation: 'causal order', steps: middle.length },
    ...arrows.slice(-STEPS_AT_ENDS),
  ];
}

function stepsOf({ events }: Execution, path: readonly number[], otherReason: ReasonOf): Step[] {
  const steps: Step[] = [];
  for (let index = 1; index < path.length; index++) {
    const from = events[path[index - 1] ?? 0];
    const to = events[path[index] ?? 0];
    if (from === undefined || to === undefined) continue;
    const relation = causalRelation(from, to);
    const reason = relation === undefined ? otherReason(from, to) : (reasons[relation] ?? '');
    const last = steps.at(-1);
    if (relation === 'session order' && last?.relation === relation) last.to = to;
    else steps.push({ from, to, relation, reason });
  }
  return steps;
}

function causalRelation(from: HistoryEvent, to: HistoryEvent): Relation | undefined {
  if (to.previous === from) return 'session order';
  if (to.type === 'read' && to.source.from === 'write' && to.source.write === from) return 'reads from';
  return undefined;
}
