import type { Assessment } from './assessment.ts';
import { isImpossible } from './thresholds.ts';

/** A sentence about a run that its figures alone do not tell. An error makes the run fail. */
export type Finding = {
  kind:
    | 'impossible'
    | 'interrupted'
    | 'overload'
    | 'no-capacities'
    | 'no-counters'
    | 'not-listed'
    | 'restarted';
  severity: 'error' | 'notice';
  text: string;
};

/** Explains the figures of a run that a reader could misunderstand. */
export function findingsOf(assessment: Assessment): Finding[] {
  const { summary, capacities, boundKw, interrupted, shareOfBound, reconciliation } = assessment;
  const { notListed = [], restarted = [] } = reconciliation ?? {};
  const gridKw = Object.values(capacities).reduce((sum, kw) => sum + kw, 0);
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], text: string, severity: Finding['severity'] = 'notice') =>
    findings.push({ kind, severity, text });
  if (interrupted)
    add('interrupted', 'stopped before the end: the figures cover only the requests that had ended by then.');
  if (isImpossible(shareOfBound)) {
    add(
      'impossible',
      'More than the bound: the run is wrong (sessions stopped, capacities changed) or the bound is.',
      'error',
    );
  }
  if (boundKw !== undefined && summary.requestedKw > OVERLOAD * boundKw) {
    add(
      'overload',
      `${formatKw(summary.requestedKw)} were requested of a grid of ${formatKw(gridKw)}, which could accept at most ${formatKw(boundKw)} of them, so most had to be rejected.`,
    );
  }
  if (Object.keys(capacities).length === 0)
    add('no-capacities', 'unknown: the balancer does not report capacities. Set LOAD_BALANCER_URL.');
  if (reconciliation === undefined)
    add('no-counters', 'not compared: not every counter could be read. Set --substations.');
  if (notListed.length > 0)
    add('not-listed', `${notListed.join(', ')}: not compared. Add the missing URLs to --substations.`);
  if (restarted.length > 0) add('restarted', `${restarted.join(', ')}: counters lost, so not compared.`);
  return findings;
}

/** 3: above that, two thirds of the load had to be rejected. */
const OVERLOAD = 3;

/** Formats a power. */
export function formatKw(value: number): string {
  return `${value.toFixed(1)} kW`;
}
