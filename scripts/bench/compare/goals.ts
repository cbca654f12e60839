import { formatNumber } from './format-number.ts';
import type { MeasuredRow } from './report.ts';

/** A figure that was wanted to be at least or at most something. */
export type Goal = { what: string; measured: string; wanted: string; isMet: boolean };

/** Returns the goals of a row: its ratios with a target, or the checks of its table. */
export function goalsOf({ result }: MeasuredRow): Goal[] {
  if (result.kind === 'table')
    return result.checks.map(({ atLeast, atMost, unit, value, what }) => ({
      what,
      measured: `${formatNumber(value)} ${unit}`,
      wanted: atLeast === undefined ? bound('at most', atMost ?? 0) : bound('at least', atLeast),
      isMet: (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost),
    }));
  return result.ratios.flatMap(({ against, better, measure, median, target }) =>
    target === undefined
      ? []
      : {
          what: `${measure} against ${against}`,
          measured: `${formatNumber(median)} times`,
          wanted: bound(better === 'more' ? 'at least' : 'at most', target),
          isMet: better === 'more' ? median >= target : median <= target,
        },
  );
}

/** Says whether a goal is met; a missed one stands out. */
export function verdict({ isMet }: Goal): string {
  return isMet ? 'met' : '**missed**';
}

function bound(side: 'at least' | 'at most', value: number): string {
  return `${side} ${formatNumber(value)}`;
}
