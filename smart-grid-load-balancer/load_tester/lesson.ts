import { styleText } from 'node:util';
import { type Assessment, hasFailed } from './assessment/assessment.ts';
import { formatKw } from './assessment/findings.ts';

/** Explains a run: what the grid claims, what this run has seen of it, and what that means. */
export function formatLesson(assessment: Assessment): string {
  const passed = !hasFailed(assessment);
  return [
    `${styleText(passed ? 'green' : 'red', passed ? 'PASS' : 'FAIL')}  the rush hour`,
    row(
      'claim',
      'each request gets a definite answer, no substation exceeds its capacity, and no vehicle is charged twice',
    ),
    row('seen', seen(assessment)),
    row(
      'means',
      passed ? means(assessment) : 'a claim did not hold, or could not be checked: see the failures above',
    ),
  ].join('\n');
}

function row(label: string, text: string): string {
  return `  ${styleText('dim', label.padEnd(6))} ${text}`;
}

function seen({ summary, reconciliation, shareOfBound }: Assessment): string {
  const { total, accepted, rejected, failed } = summary;
  const counters =
    reconciliation === undefined
      ? 'the counters of the substations were not compared'
      : reconciliation.difference.accepted === 0
        ? 'the substations count the same sessions'
        : `the substations count ${reconciliation.difference.accepted} sessions more`;
  const share =
    shareOfBound === undefined
      ? ''
      : `, ${(100 * shareOfBound).toFixed(0)} % of what any routing could have accepted`;
  return `of ${total} requests ${accepted} accepted (${formatKw(summary.acceptedKw)}${share}), ${rejected} rejected, ${failed} failed; ${counters}`;
}

function means({ summary, capacities }: Assessment): string {
  const gridKw = Object.values(capacities).reduce((sum, kw) => sum + kw, 0);
  if (summary.rejected === 0 || gridKw === 0) return 'the grid had room for everyone';
  return `a rejection is no failure: ${formatKw(summary.requestedKw)} were asked of a grid of ${formatKw(gridKw)}, and a full substation says so instead of overloading`;
}
