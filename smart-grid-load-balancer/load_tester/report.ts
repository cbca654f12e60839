import { styleText } from 'node:util';
import type { RequestRecord } from '../workload/outcome.ts';
import type { Assessment } from './assessment/assessment.ts';

/** One request as one line: when it was sent, what was asked, what became of it, how long that took. */
export function requestLine({ request, startedMs, responseMs, outcome }: RequestRecord): string {
  const asked = `${request.vehicle_id} ${`${request.charge_amount} kW`.padStart(6)}  ${request.priority.padEnd(6)}`;
  const time = `${responseMs.toFixed(1).padStart(8)} ms`;
  switch (outcome.kind) {
    case 'accepted':
      return `${at(startedMs)}  ${asked}  ${styleText('green', 'accepted')} ${time}  ${outcome.substationId}, ${outcome.durationSeconds.toFixed(1)} s`;
    case 'rejected':
      return `${at(startedMs)}  ${asked}  ${styleText('yellow', 'rejected')} ${time}  ${outcome.reason}`;
    case 'failed':
      return `${at(startedMs)}  ${asked}  ${styleText('red', 'failed  ')} ${time}  ${outcome.reason}`;
    case 'abandoned':
      return `${at(startedMs)}  ${asked}  ${styleText('dim', 'given up')} ${time}  interrupted`;
  }
}

/** Every substation's load as one line. */
export function loadsLine(loads: Record<string, number> | undefined, atMs: number): string {
  if (loads === undefined)
    return `${at(atMs)}  ${styleText('dim', 'Substation loads: the balancer does not say')}`;
  const parts = Object.entries(loads).map(([id, load]) => `${id} ${load.toFixed(1)} kW`);
  return `${at(atMs)}  ${styleText('bold', 'Substation loads:')} ${parts.join('  ') || 'none yet'}`;
}

/** The whole run, for a person: the contract's figures, percentiles, who took the load, and how good that is. */
export function renderReport(title: string, assessment: Assessment): string {
  const { summary } = assessment;
  const { total, latency, substations, failures, abandoned } = summary;
  const lines = [styleText('bold', title), '-'.repeat(title.length)];
  const add = (label: string, value: string) => lines.push(`${label.padEnd(23)} ${value}`);
  const counted = (count: number) =>
    total === 0
      ? `${count}`
      : `${String(count).padEnd(6)} ${((100 * count) / total).toFixed(1).padStart(5)} %`;
  add('Duration', `${(summary.durationMs / 1_000).toFixed(2)} s`);
  add('Total requests', `${total}`);
  add('Successful', styleText('green', counted(summary.accepted)));
  add('Rejected (grid full)', styleText('yellow', counted(summary.rejected)));
  add('Failed', styleText(summary.failed > 0 ? 'red' : 'green', counted(summary.failed)));
  add('Requests per second', summary.requestsPerSecond.toFixed(2));
  if (latency !== undefined) {
    add('Average response time', ms(latency.average));
    add('Minimum response time', ms(latency.minimum));
    add('Maximum response time', ms(latency.maximum));
    add('p50 / p95 / p99', [latency.p50, latency.p95, latency.p99].map(ms).join(' / '));
  }
  if (abandoned > 0) add('Given up, interrupted', `${abandoned}`);
  if (substations.length > 0) lines.push('', styleText('bold', 'Accepted by substation'));
  for (const { id, accepted, acceptedKw } of substations) {
    add(
      `  ${id}`,
      `${String(accepted).padStart(6)} ${accepted === 1 ? 'request ' : 'requests'} ${kw(acceptedKw).padStart(13)}`,
    );
  }
  if (failures.length > 0) lines.push('', styleText('bold', 'Failures'));
  for (const { reason, count } of failures) lines.push(`  ${String(count).padStart(6)} x ${reason}`);
  lines.push('', ...judgementLines(assessment));
  return lines.join('\n');
}

function judgementLines(assessment: Assessment): string[] {
  const { summary, boundKw, shareOfBound, reconciliation, verdicts } = assessment;
  const lines = [`Load accepted           ${kw(summary.acceptedKw)} of ${kw(summary.requestedKw)} asked for`];
  if (boundKw !== undefined && shareOfBound !== undefined) {
    lines.push(
      `  of the possible       ${shareOfBound.toFixed(3)} of ${kw(boundKw)}, the most any routing of an empty grid could accept`,
    );
  }
  if (reconciliation !== undefined) {
    const { difference, open } = reconciliation;
    const sum = `${difference.accepted} ${difference.accepted === 1 ? 'request' : 'requests'}, ${kw(difference.acceptedKw)}`;
    const answers = open === 0 ? '' : ` (${open} answers were lost or left it open)`;
    lines.push(
      `Told against counted    difference ${styleText(difference.accepted === 0 ? 'green' : 'red', sum)}${answers}`,
    );
  }
  for (const { name, limit, actual, passed } of verdicts) {
    lines.push(
      `${passed ? styleText('green', 'PASS') : styleText('red', 'FAIL')}  ${name}: ${actual}, ${limit}`,
    );
  }
  return lines;
}

function at(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(6)} s`;
}

function kw(value: number): string {
  return `${value.toFixed(1)} kW`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
