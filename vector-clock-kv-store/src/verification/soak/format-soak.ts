import { styleText } from 'node:util';
import { formatFaultCounts } from '@gridclock/simulation-kit';
import type { SoakReport } from './run-soak.ts';

/** A screen's worth; what follows is seldom of another kind. */
const FINDINGS_SHOWN = 40;

/** Says what a soak found to a person. */
export function formatSoak(report: SoakReport): string[] {
  const { elapsedMs, operations, failures, strikes, judgement, findings } = report;
  const { acknowledged, reads, unknown, lost, violation, sessionViolations, differences } = judgement;
  const seconds = elapsedMs / 1_000;
  const clean = findings.length === 0;
  return [
    `operations           ${operations} in ${seconds.toFixed(1)} s, ${Math.round(operations / seconds)} a second`,
    `                     ${acknowledged} writes acknowledged, ${reads} reads, ${unknown} writes of unknown outcome, ${failures} requests without an answer`,
    `faults               ${formatFaultCounts(strikes)}`,
    `writes lost          ${lost.length}`,
    `pattern violations   ${violation === undefined ? 'none' : violation.pattern}`,
    `session violations   ${sessionViolations.length}`,
    `replicas equal       ${differences.length === 0 ? 'yes' : 'no'}`,
    ...findings.slice(0, FINDINGS_SHOWN).map((finding) => `  ${styleText('red', '✗')} ${finding}`),
    ...(findings.length > FINDINGS_SHOWN ? [`  and ${findings.length - FINDINGS_SHOWN} more`] : []),
    clean
      ? `${styleText('green', 'PASS')}  every promise was kept`
      : `${styleText('red', 'FAIL')}  ${findings.length} findings`,
  ];
}
