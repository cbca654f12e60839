/** A screen's worth; what follows is seldom of another kind. */
const SHOWN = 20;

/** Findings on a line each, those that say the same once. */
export function listFindings(findings: readonly string[]): string {
  const distinct = [...new Set(findings)];
  const rest = distinct.length - SHOWN;
  return [...distinct.slice(0, SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}
