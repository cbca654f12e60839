import type { ReceivedCharge } from '../system/charges.ts';

/** Fewer charges than this in a row may all go to one substation for good reasons. */
export const MIN_BURST = 6;

export type HerdFinding =
  | { kind: 'spread' }
  /** `count` charges in a row, without a poll in between, all went to `substation`. */
  | { kind: 'herd'; substation: string; count: number }
  /** Polls have cut the burst into pieces that show nothing. */
  | { kind: 'unclear' };

/**
 * Judges how a burst of equal charges was spread over substations with about the same load.
 *
 * @param burst in the order of arrival at the substations; `polls` counts all polls that any of them had answered by then
 */
export function findHerd(burst: readonly Pick<ReceivedCharge, 'substation' | 'polls'>[]): HerdFinding {
  const pieces = new Map<number, string[]>();
  for (const { polls, substation } of burst) pieces.set(polls, [...(pieces.get(polls) ?? []), substation]);
  const large = [...pieces.values()].filter(({ length }) => length >= MIN_BURST);
  for (const piece of large) {
    const [substation = ''] = piece;
    if (piece.every((other) => other === substation))
      return { kind: 'herd', substation, count: piece.length };
  }
  return { kind: large.length === 0 ? 'unclear' : 'spread' };
}
