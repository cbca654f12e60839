import { styleText } from 'node:util';
import type { RequestRecord } from '../workload/outcome.ts';
import type { Assessment } from './assessment/assessment.ts';
import { isImpossible } from './assessment/thresholds.ts';

/** Formats one request as a line: its start, the request, its outcome and response time. */
export function formatRequest({ request, startedMs, responseMs, outcome }: RequestRecord): string {
  const asked = `${request.vehicle_id} ${`${request.charge_amount} kW`.padStart(6)}  ${request.priority.padEnd(6)}`;
  const line = (colour: 'green' | 'yellow' | 'red' | 'dim', detail: string) =>
    `${formatTime(startedMs)}  ${asked}  ${styleText(colour, outcome.kind.padEnd(9))} ${responseMs.toFixed(1).padStart(7)} ms  ${detail}`;
  switch (outcome.kind) {
    case 'accepted':
      return line('green', `${outcome.substationId}, ${outcome.durationSeconds.toFixed(1)} s`);
    case 'rejected':
      return line('yellow', outcome.reason);
    case 'failed':
      return line('red', outcome.reason);
    case 'abandoned':
      return line('dim', 'interrupted');
  }
}

/** Formats the substations' loads as one line. */
export function formatLoads(loads: Record<string, number> | undefined, atMs: number): string {
  if (loads === undefined) {
    return `${formatTime(atMs)}  ${styleText('dim', 'Substation loads: not reported by the balancer')}`;
  }
  const parts = Object.entries(loads).map(([id, load]) => `${id} ${formatKw(load)}`);
  return `${formatTime(atMs)}  ${styleText('bold', 'Substation loads:')} ${parts.join('  ') || 'none yet'}`;
}

/** Formats a whole run: the contract's figures, percentiles, totals by substation, and the assessment. */
export function formatReport(title: string, assessment: Assessment): string {
  const { total, latency, substations, failures, abandoned, ...summary } = assessment.summary;
  const lines = [styleText('bold', title), '-'.repeat(title.length)];
  const add = (label: string, value: string) => lines.push(`${label.padEnd(23)} ${value}`);
  const withShare = (count: number) =>
    total === 0
      ? `${count}`
      : `${String(count).padEnd(6)} ${((100 * count) / total).toFixed(1).padStart(5)} %`;
  add('Duration', `${(summary.durationMs / 1_000).toFixed(2)} s`);
  add('Total requests', `${total}`);
  add('Successful', styleText('green', withShare(summary.accepted)));
  add('Rejected (grid full)', styleText('yellow', withShare(summary.rejected)));
  add('Failed', styleText(summary.failed > 0 ? 'red' : 'green', withShare(summary.failed)));
  add('Requests per second', summary.requestsPerSecond.toFixed(2));
  if (latency !== undefined) {
    add('Average response time', formatMs(latency.average));
    add('Minimum response time', formatMs(latency.minimum));
    add('Maximum response time', formatMs(latency.maximum));
    add('p50 / p95 / p99', [latency.p50, latency.p95, latency.p99].map(formatMs).join(' / '));
  }
  if (abandoned > 0) add('Abandoned (interrupted)', `${abandoned}`);
  if (substations.length > 0) lines.push('', styleText('bold', 'Accepted by substation'));
  for (const { id, accepted, acceptedKw } of substations) {
    add(
      `  ${id}`,
      `${String(accepted).padStart(6)} ${accepted === 1 ? 'request ' : 'requests'} ${formatKw(acceptedKw).padStart(13)}`,
    );
  }
  if (failures.length > 0) lines.push('', styleText('bold', 'Failures'));
  for (const { reason, count } of failures) lines.push(`  ${String(count).padStart(6)} x ${reason}`);
  lines.push('', ...formatAssessment(assessment));
  return lines.join('\n');
}

function formatAssessment(assessment: Assessment): string[] {
  const { summary, boundKw, shareOfBound, reconciliation, thresholds } = assessment;
  const lines = [
    `Accepted load           ${formatKw(summary.acceptedKw)} of ${formatKw(summary.requestedKw)} requested`,
  ];
  if (boundKw !== undefined && shareOfBound !== undefined) {
    lines.push(
      `  share of the bound    ${shareOfBound.toFixed(3)} of ${formatKw(boundKw)}, the most that any routing of an empty grid could accept`,
    );
  }
  if (Object.keys(assessment.capacities).length === 0)
    lines.push(
      '  share of the bound    unknown: the balancer does not report capacities. Set LOAD_BALANCER_URL.',
    );
  if (reconciliation === undefined)
    lines.push('Clients vs. substations not compared: not every counter could be read. Set --substations.');
  if (isImpossible(shareOfBound)) {
    lines.push(
      styleText(
        'red',
        '  More than the bound: the run is wrong (sessions stopped, capacities changed) or the bound is.',
      ),
    );
  }
  if (boundKw !== undefined && summary.requestedKw > OVERLOAD * boundKw) {
    lines.push(
      `  Overload              ${formatKw(summary.requestedKw)} were requested of a grid of ${formatKw(capacityKw(assessment))}, so most requests had to be rejected`,
    );
  }
  if (reconciliation !== undefined) {
    const { difference, restarted = [], unresolved } = reconciliation;
    if (restarted.length > 0)
      lines.push(`Restarted during the run ${restarted.join(', ')}: counters lost, so not compared`);
    const sum = `${difference.accepted} ${difference.accepted === 1 ? 'request' : 'requests'}, ${formatKw(difference.acceptedKw)}`;
    const uncertain = unresolved === 0 ? '' : ` (${unresolved} requests without a definite response)`;
    lines.push(
      `Clients vs. substations ${styleText(difference.accepted === 0 ? 'green' : 'red', sum)} difference${uncertain}`,
    );
  }
  for (const { name, limit, actual, passed } of thresholds) {
    lines.push(
      `${passed ? styleText('green', 'PASS') : styleText('red', 'FAIL')}  ${name}: ${actual}, ${limit}`,
    );
  }
  return lines;
}

/** 3: above that, two thirds of the load had to be rejected. */
const OVERLOAD = 3;

function capacityKw({ capacities }: Assessment): number {
  return Object.values(capacities).reduce((sum, kw) => sum + kw, 0);
}

function formatTime(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(6)} s`;
}

function formatKw(value: number): string {
  return `${value.toFixed(1)} kW`;
}

function formatMs(value: number): string {
  return `${value.toFixed(1)} ms`;
}
