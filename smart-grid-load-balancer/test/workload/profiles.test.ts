import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawArrivals, type ProfileName, profileNames } from '../../workload/profiles.ts';

const HOUR_MS = 3_600_000;

/** Counts the arrivals between two times from 0 to 1 of an hour with 10 arrivals per second on average. */
function arrivalsBetween(profile: ProfileName, from: number, to: number): number {
  const arrivals = drawArrivals({ profile, rate: 10, durationMs: HOUR_MS }, new SeededRandom(1));
  return arrivals.filter((at) => at >= from * HOUR_MS && at < to * HOUR_MS).length;
}

describe('drawArrivals', () => {
  it('draws the same arrivals for the same seed', () => {
    const options = { profile: 'rush', rate: 5, durationMs: 10_000 } as const;
    expect(drawArrivals(options, new SeededRandom(3))).toEqual(drawArrivals(options, new SeededRandom(3)));
    expect(drawArrivals(options, new SeededRandom(3))).not.toEqual(
      drawArrivals(options, new SeededRandom(4)),
    );
  });

  it('draws ascending times, from the start to before the end', () => {
    const options = fc.record({
      profile: fc.constantFrom(...profileNames),
      rate: fc.double({ min: 0.1, max: 100, noNaN: true }),
      durationMs: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(options, fc.integer(), (chosen, seed) => {
        const arrivals = drawArrivals(chosen, new SeededRandom(seed));
        expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
        for (const at of arrivals) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(chosen.durationMs);
        }
      }),
    );
  });

  it.each(profileNames)('draws the requested rate on average: %s', (profile) => {
    // 36,000 expected; six standard deviations are 1,140.
    expect(Math.abs(arrivalsBetween(profile, 0, 1) - 36_000)).toBeLessThan(1_140);
  });

  it('keeps a constant rate when sustained', () => {
    expect(arrivalsBetween('sustained', 0, 0.5) / arrivalsBetween('sustained', 0.5, 1)).toBeCloseTo(1, 1);
  });

  it('peaks twice in a rush', () => {
    for (const [peak, valley] of [
      [0.25, 0],
      [0.75, 0.5],
    ] as const) {
      const [high, low] = [peak, valley].map((from) => arrivalsBetween('rush', from, from + 0.02));
      expect(high).toBeGreaterThan(4 * (low ?? 0));
    }
  });

  it('draws five times the rate during a spike', () => {
    const before = arrivalsBetween('spike', 0.3, 0.4);
    expect(arrivalsBetween('spike', 0.45, 0.55) / before).toBeCloseTo(5, 0);
  });

  it('rises steadily in a ramp', () => {
    expect(arrivalsBetween('ramp', 0.5, 1) / arrivalsBetween('ramp', 0, 0.5)).toBeCloseTo(3, 0);
  });
});
