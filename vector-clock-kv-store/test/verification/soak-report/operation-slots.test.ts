import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyBuckets } from '../../../src/verification/soak-report/latency-buckets.ts';
import { OperationSlots } from '../../../src/verification/soak-report/operation-slots.ts';

const run = (maxSlots = 600) => new OperationSlots({ slotMs: 250, maxSlots, whenFull: 'merge' });

describe('OperationSlots', () => {
  it('counts operations by the time of their end', () => {
    const slots = run();
    slots.add(10, true, 4);
    slots.add(249, false, 9_000);
    slots.add(500, true, 8);
    expect(slots.between(0, 750).map(({ atMs, succeeded, failed }) => [atMs, succeeded, failed])).toEqual([
      [0, 1, 1],
      [250, 0, 0],
      [500, 1, 0],
    ]);
    expect(slots.between(0, 750)[1]).toMatchObject({ p50: undefined, p99: undefined });
  });

  it('never has more slots than a page draws, and loses no operation', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(90_000), { minLength: 1, maxLength: 200 }), (times) => {
        const slots = run(16);
        for (const at of times) slots.add(at, true, 5);
        const drawn = slots.between(0, Math.max(...times) + 1);
        expect(drawn.length).toBeLessThanOrEqual(16);
        expect(drawn.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(times.length);
      }),
    );
  });

  it('drops the oldest slots of a zoom', () => {
    const slots = new OperationSlots({ slotMs: 200, maxSlots: 10, whenFull: 'drop' });
    for (let at = 0; at < 10_000; at += 100) slots.add(at, true, 1);
    expect(slots.between(0, 1_000).every(({ succeeded }) => succeeded === 0)).toBe(true);
    expect(slots.between(9_000, 10_000).every(({ succeeded }) => succeeded === 2)).toBe(true);
    expect(slots.between(0, 1e9)).toHaveLength(10);
  });
});

describe('LatencyBuckets', () => {
  it('knows percentiles within 6 %', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), { minLength: 1 }), (values) => {
        const buckets = new LatencyBuckets();
        for (const value of values) buckets.add(value);
        const sorted = values.toSorted((left, right) => left - right);
        for (const share of [0.5, 0.99]) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          const found = buckets.percentile(share) ?? 0;
          expect(Math.abs(found - exact) / exact).toBeLessThan(0.06);
        }
      }),
    );
  });

  it('has none without values, and merges', () => {
    const [one, other] = [new LatencyBuckets(), new LatencyBuckets()];
    expect(one.percentile(0.5)).toBeUndefined();
    other.add(100);
    one.merge(other);
    expect(Math.abs((one.percentile(0.5) ?? 0) - 100)).toBeLessThan(6);
  });
});
