import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../load_tester/assessment/assessment.ts';
import { summarize } from '../../load_tester/assessment/summary.ts';
import { formatLesson } from '../../load_tester/lesson.ts';
import { accepted, failed, record, rejected } from '../support/request-records.ts';

const assessed = (records: Parameters<typeof summarize>[0]['records']): Assessment => ({
  summary: summarize({ records, durationMs: 1_000 }),
  capacities: { substation_1: 80, substation_2: 120 },
  boundKw: 88,
  shareOfBound: 0.25,
  reconciliation: { substations: [], difference: { accepted: 0, acceptedKw: 0 }, unresolved: 0 },
  thresholds: [],
});

describe('the lesson of a run', () => {
  it('says what was claimed and seen, and why a rejection is no failure', () => {
    expect(
      formatLesson(assessed([record(accepted('substation_1', 22)), record(rejected, { kw: 150 })])),
    ).toBe(
      [
        'PASS  the rush hour',
        '  claim  each request gets a definite answer, no substation exceeds its capacity, and no vehicle is charged twice',
        '  seen   of 2 requests 1 accepted (22.0 kW, 25 % of what any routing could have accepted), 1 rejected, 0 failed; the substations count the same sessions',
        '  means  a rejection is no failure: 172.0 kW were asked of a grid of 200.0 kW, and a full substation says so instead of overloading',
      ].join('\n'),
    );
  });

  it('does not explain a failure away', () => {
    const text = formatLesson(assessed([record(rejected), record(failed('HTTP 500'))]));
    expect(text).toMatch(/^FAIL {2}the rush hour\n/);
    expect(text).toContain('a claim did not hold');
  });
});
