import type { OperationReference, PatternArrow, Violation } from '../history/verdict.ts';

/** An operation with its place: its lane, which is its session, and its row. Each has a row for itself. */
export type PlacedOperation = OperationReference & { lane: number; row: number };

/** An arrow between placed operations. */
export type PlacedArrow = Omit<PatternArrow, 'from' | 'to'> & { from: PlacedOperation; to: PlacedOperation };

/** A violated pattern with its places. */
export type PatternLayout = {
  /** Session names. */
  lanes: readonly string[];
  operations: readonly PlacedOperation[];
  arrows: readonly PlacedArrow[];
};

/**
 * Places the operations of a pattern: a lane for each session, and each operation below those that come before it.
 * Around a cycle that is impossible, so at least one of its arrows leads upwards.
 */
export function layOutPattern({
  operations,
  arrows,
}: Pick<Violation, 'operations' | 'arrows'>): PatternLayout {
  const involved = new Map<string, OperationReference>();
  for (const one of [
    ...arrows.flatMap(({ from, to }) => [from, to]),
    ...(arrows.length === 0 ? operations : []),
  ])
    involved.set(keyOf(one), one);
  const lanes = [...new Set([...involved.values()].map(({ session }) => session))];
  const placed = new Map<string, PlacedOperation>();
  const waiting = new Set(involved.values());
  while (waiting.size > 0) {
    const next = pickNext(waiting, arrows);
    waiting.delete(next);
    placed.set(keyOf(next), { ...next, lane: lanes.indexOf(next.session), row: placed.size });
  }
  const placedArrows = arrows.flatMap(({ from, to, ...arrow }): PlacedArrow[] => {
    const [start, end] = [placed.get(keyOf(from)), placed.get(keyOf(to))];
    return start === undefined || end === undefined ? [] : [{ ...arrow, from: start, to: end }];
  });
  return { lanes, operations: [...placed.values()], arrows: withoutRepetitions(placedArrows) };
}

/** The first operation of its session whose causes are placed; if there is none, the one that lacks the fewest. */
function pickNext(
  waiting: ReadonlySet<OperationReference>,
  arrows: readonly PatternArrow[],
): OperationReference {
  const isWaiting = (wanted: OperationReference) => [...waiting].some((one) => keyOf(one) === keyOf(wanted));
  const lacks = (one: OperationReference) =>
    arrows.filter(
      ({ from, to, isContradiction }) => !isContradiction && keyOf(to) === keyOf(one) && isWaiting(from),
    ).length;
  const heads = [...waiting].filter(
    ({ session, index }) => ![...waiting].some((other) => other.session === session && other.index < index),
  );
  const [first, ...others] = heads;
  if (first === undefined) throw new Error('no operation is left to place');
  return others.reduce((best, one) => (lacks(one) < lacks(best) ? one : best), first);
}

function withoutRepetitions(arrows: readonly PlacedArrow[]): PlacedArrow[] {
  const identify = ({ from, to, relation }: PlacedArrow) => `${from.row} ${to.row} ${relation}`;
  return [...new Map(arrows.map((arrow) => [identify(arrow), arrow])).values()];
}

function keyOf({ session, index }: OperationReference): string {
  return `${index}@${session}`;
}
