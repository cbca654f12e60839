import { styleText } from 'node:util';
import { formatFindings } from './findings.ts';
import type { GuaranteeViolation } from './session-guarantees.ts';
import type { Verdict } from './verdict.ts';

/** One screen; further violations are rarely of another kind. */
const VIOLATIONS_SHOWN = 20;

/** Formats a verdict and the session violations for a terminal. */
export function formatVerdict(verdict: Verdict, sessionViolations: readonly GuaranteeViolation[]): string[] {
  const lines = verdict.consistent
    ? [
        `${styleText('green', 'CONSISTENT')}  causally convergent; operations: ${verdict.operations}, sessions: ${verdict.sessions}, keys: ${verdict.keys}`,
      ]
    : [
        `${styleText('red', 'INCONSISTENT')}  ${styleText('bold', verdict.pattern)}: ${verdict.explanation}`,
        '',
        ...verdict.operations.map(({ text }) => `  ${text}`),
        ...(verdict.evidence.length === 0 ? [] : ['', styleText('dim', 'step by step:')]),
        ...verdict.evidence.map((step) => `  ${step}`),
      ];
  if (sessionViolations.length === 0) return lines;
  const findings = sessionViolations.map(
    ({ guarantee, explanation }) => `${styleText('bold', guarantee)}: ${explanation}`,
  );
  return [
    ...lines,
    '',
    `${styleText('red', 'SESSION GUARANTEES')}  violations: ${findings.length}`,
    ...formatFindings(findings, VIOLATIONS_SHOWN).map((line) => `  ${line}`),
  ];
}
