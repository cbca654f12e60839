import { styleText } from 'node:util';
import type { GuaranteeViolation } from './session-guarantees.ts';
import type { Verdict } from './verdict.ts';

/** A screen's worth; what follows is seldom of another kind. */
const VIOLATIONS_SHOWN = 20;

/** Says a verdict to a person. */
export function tellVerdict(verdict: Verdict, violations: readonly GuaranteeViolation[]): string[] {
  const lines = verdict.consistent
    ? [
        `${styleText('green', 'CONSISTENT')}  causally convergent; operations: ${verdict.operations}, sessions: ${verdict.sessions}, keys: ${verdict.keys}`,
      ]
    : [
        `${styleText('red', 'CONVICTED')}  ${styleText('bold', verdict.pattern)}: ${verdict.explanation}`,
        '',
        ...verdict.operations.map(({ text }) => `  ${text}`),
        ...(verdict.evidence.length === 0 ? [] : ['', styleText('dim', 'step by step:')]),
        ...verdict.evidence.map((step) => `  ${step}`),
      ];
  if (violations.length === 0) return lines;
  const left = violations.length - VIOLATIONS_SHOWN;
  return [
    ...lines,
    '',
    `${styleText('red', 'SESSION GUARANTEES')}  violations: ${violations.length}`,
    ...violations
      .slice(0, VIOLATIONS_SHOWN)
      .map(({ guarantee, explanation }) => `  ${styleText('bold', guarantee)}: ${explanation}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}
