import { styleText } from 'node:util';
import type { RequestRecord } from '../workload/outcome.ts';
import type { Assessment } from './assessment/assessment.ts';
import { type Finding, findingsOf, formatKw } from './assessment/findings.ts';

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
  const { tooLarge, capacityUnknown, sessionInterrupted } = summary;
  add('Rejected (grid full)', styleText('yellow', withShare(summary.rejected - tooLarge)));
  if (tooLarge > 0) add('Rejected (too large)', styleText('yellow', withShare(tooLarge)));
  add('Failed', styleText(summary.failed > 0 ? 'red' : 'green', withShare(summary.failed)));
  if (capacityUnknown > 0) add('  capacity unknown', styleText('red', withShare(capacityUnknown)));
  if (sessionInterrupted > 0) add('  session interrupted', styleText('red', withShare(sessionInterrupted)));
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
  for (const { kind, severity, text } of findingsOf(assessment)) {
    const line = `${findingLabels[kind]}${text}`;
    lines.push(severity === 'error' ? styleText('red', line) : line);
  }
  if (reconciliation !== undefined) {
    const { difference, unresolved } = reconciliation;
    const sum = `${difference.accepted} ${difference.accepted === 1 ? 'request' : 'requests'}, ${formatKw(difference.acceptedKw)}`;
    const uncertain =
      unresolved === 0
        ? ''
        : ` (${unresolved} ${unresolved === 1 ? 'request' : 'requests'} without a definite response)`;
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

const findingLabels: Record<Finding['kind'], string> = {
  impossible: '  ',
  interrupted: 'Interrupted             ',
  overload: '  Overload              ',
  'no-capacities': '  share of the bound    ',
  'no-counters': 'Clients vs. substations ',
  'not-listed': 'Not in --substations    ',
  restarted: 'Restarted during the run ',
};

function formatTime(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(6)} s`;
}

function formatMs(value: number): string {
  return `${value.toFixed(1)} ms`;
}
