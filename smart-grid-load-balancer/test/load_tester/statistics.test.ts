import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLatency, nearestRank } from '../../load_tester/assessment/statistics.ts';

describe('describeLatency', () => {
  it('returns average, extremes and percentiles', () => {
    const oneToHundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(describeLatency(oneToHundred)).toEqual({
      average: 50.5,
      minimum: 1,
      maximum: 100,
      p50: 50,
      p95: 95,
      p99: 99,
    });
  });

  it('returns undefined when nothing was measured', () => {
    expect(describeLatency([])).toBeUndefined();
  });

  it('returns percentiles that are measured values, in order, between the extremes', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (measured) => {
        const latency = describeLatency(measured);
        if (latency === undefined) throw new Error('something was measured');
        const { minimum, p50, p95, p99, maximum } = latency;
        expect([minimum, p50, p95, p99, maximum]).toEqual(
          [minimum, p50, p95, p99, maximum].toSorted((a, b) => a - b),
        );
        for (const percentile of [p50, p95, p99]) expect(measured).toContain(percentile);
      }),
    );
  });

  it('returns percentiles with at least their share of values at or below them', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (measured, share) => {
        const sorted = measured.toSorted((a, b) => a - b);
        const percentile = nearestRank(sorted, share);
        const below = sorted.filter((value) => value <= percentile).length;
        expect(below / sorted.length).toBeGreaterThanOrEqual(share);
      }),
    );
  });
});
