import { styleText } from 'node:util';
import { formatFaultCounts } from '@gridclock/simulation-kit';
import { formatFindings, summarizeCheck } from '../history/findings.ts';
import type { SoakReport } from './run-soak.ts';

/** One screen of findings; more are rarely of another kind. */
const FINDINGS_SHOWN = 40;

/** The column of the values, in characters. */
const LABEL_WIDTH = 21;

/** Formats the result of a soak as lines for a terminal. */
export function formatSoak(report: SoakReport): string[] {
  const { elapsedMs, operations, failures, faults, check, findings } = report;
  const { acknowledged, reads, unknown } = check;
  const seconds = elapsedMs / 1_000;
  return [
    `operations           ${operations} in ${seconds.toFixed(1)} s, ${Math.round(operations / seconds)} per second`,
    `                     ${acknowledged} acknowledged writes, ${reads} reads, ${unknown} writes with unknown outcome, ${failures} failed requests`,
    `faults               ${formatFaultCounts(faults)}`,
    ...summarizeCheck(check).map(([label, value]) => `${label.padEnd(LABEL_WIDTH)}${value}`),
    ...formatFindings(findings, FINDINGS_SHOWN).map((finding) => `  ${styleText('red', '✗')} ${finding}`),
    findings.length === 0
      ? `${styleText('green', 'PASS')}  every guarantee held`
      : `${styleText('red', 'FAIL')}  ${findings.length} findings`,
  ];
}
