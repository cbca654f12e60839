import type { RunCheck } from './check-run.ts';

/** Lists the findings of a check, one line each. */
export function findingsOf(check: RunCheck): string[] {
  const { lost, violation, sessionViolations, differences, reusedClocks } = check;
  return [
    ...lost,
    ...(violation === undefined
      ? []
      : [`${violation.pattern}: ${violation.explanation}`, ...violation.evidence]),
    ...sessionViolations.map(({ guarantee, explanation }) => `${guarantee}: ${explanation}`),
    ...differences,
    ...reusedClocks,
  ];
}

/** Summarizes a check as labels with values, for reports that print them in lines or in a table. */
export function summarizeCheck(check: RunCheck): [label: string, value: string][] {
  const { lost, violation, sessionViolations, differences, reusedClocks } = check;
  return [
    ['writes lost', `${lost.length}`],
    ['pattern violations', violation?.pattern ?? 'none'],
    ['session violations', `${sessionViolations.length}`],
    ['replicas equal', differences.length === 0 ? 'yes' : 'no'],
    ['clocks reused', `${reusedClocks.length}`],
  ];
}

/** Formats findings for a person: distinct lines, the first `limit` of them, then how many more there are. */
export function formatFindings(findings: readonly string[], limit: number): string[] {
  const distinct = [...new Set(findings)];
  const omitted = distinct.length - limit;
  return [...distinct.slice(0, limit), ...(omitted > 0 ? [`and ${omitted} more`] : [])];
}
