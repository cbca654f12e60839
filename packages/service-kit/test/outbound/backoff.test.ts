import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentialMs, fullJitterMs } from '../../src/outbound/backoff.ts';

const limits = { firstMs: 50, longestMs: 1_000 };

describe('the exponential delay', () => {
  it('doubles with each failure up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6, 100].map((failures) => exponentialMs(limits, failures))).toEqual([
      50, 100, 200, 400, 800, 1_000, 1_000,
    ]);
  });
});

describe('full jitter', () => {
  it('is uniform between zero and the exponential delay', () => {
    expect(fullJitterMs(limits, 3, () => 0)).toBe(0);
    expect(fullJitterMs(limits, 3, () => 0.5)).toBe(100);
  });

  it('never exceeds the longest delay', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fraction, (failures, random) => {
        const delayMs = fullJitterMs(limits, failures, () => random);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(1_000);
      }),
    );
  });
});
