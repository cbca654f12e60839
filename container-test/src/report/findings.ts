import { formatFindings } from 'vector-clock-kv-store/verification/findings';

/** One screen; further findings are rarely of another kind. */
const SHOWN = 20;

/** @throws Error listing the findings, if there are any */
export function expectNoFindings(findings: readonly string[]): void {
  if (findings.length > 0) throw new Error(formatFindings(findings, SHOWN).join('\n'));
}
