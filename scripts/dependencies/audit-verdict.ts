import { z } from 'zod';

/** `npm audit --json`: the registry's answer, or why there was none. */
const reportSchema = z.union([
  z.object({
    vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
    metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
  }),
  z.object({ message: z.string() }),
]);

export type AuditVerdict =
  | { kind: 'passed'; minor: number }
  | { kind: 'vulnerable'; packages: string[] }
  /** Nothing is known: the registry did not answer, or not with a report. */
  | { kind: 'not-run'; reason: string };

const serious = new Set(['high', 'critical']);

/** Judges the output of `npm audit --json`. Its exit status is 1 both for vulnerabilities and for an unreachable registry. */
export function auditVerdict(output: string): AuditVerdict {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return { kind: 'not-run', reason: `npm audit printed no report: ${output.trim().slice(0, 200)}` };
  }
  const report = reportSchema.safeParse(json);
  if (!report.success) return { kind: 'not-run', reason: 'npm audit printed an unknown report' };
  if ('message' in report.data) return { kind: 'not-run', reason: report.data.message };
  const found = Object.entries(report.data.vulnerabilities);
  const packages = found
    .filter(([, { severity }]) => serious.has(severity))
    .map(([name, { range, severity }]) => [name, range, `(${severity})`].join(' ').replace('  ', ' '));
  return packages.length > 0 ? { kind: 'vulnerable', packages } : { kind: 'passed', minor: found.length };
}
