import { describe, expect, it } from 'vitest';
import { auditVerdict } from '../scripts/dependencies/audit-verdict.ts';

const report = (vulnerabilities: Record<string, object>) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: { total: 1 } } });

describe('the verdict on npm audit', () => {
  it('names serious vulnerabilities', () => {
    const output = report({ a: { severity: 'high', range: '<1.2.3' }, b: { severity: 'low', range: '*' } });
    expect(auditVerdict(output)).toEqual({ kind: 'vulnerable', packages: ['a <1.2.3 (high)'] });
  });

  it('passes without serious ones', () => {
    expect(auditVerdict(report({}))).toEqual({ kind: 'passed', minor: 0 });
    expect(auditVerdict(report({ b: { severity: 'moderate' } }))).toEqual({ kind: 'passed', minor: 1 });
  });

  it.each([
    [
      'a registry without audits',
      '{"message":"405 Method Not Allowed - POST https://example.test/bulk","error":{}}',
      '405',
    ],
    [
      'an unreachable registry',
      '{"message":"request to https://example.test failed, reason: connect ECONNREFUSED"}',
      'ECONNREFUSED',
    ],
    ['another output', 'npm error code E500', 'no report'],
    ['no output', '', 'no report'],
    ['an unknown report', '{"advisories":{}}', 'unknown report'],
  ])('is not run for %s', (_what, output, reason) => {
    expect(auditVerdict(output)).toEqual({ kind: 'not-run', reason: expect.stringContaining(reason) });
  });
});
