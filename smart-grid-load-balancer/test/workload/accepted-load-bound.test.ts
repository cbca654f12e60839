import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedLoadBound, type Demand } from '../../workload/accepted-load-bound.ts';

const demand = (startsAt: number, endsAt: number, kw: number): Demand => ({ startsAt, endsAt, kw });

const anyDemand = fc
  .record({
    startsAt: fc.integer({ min: 0, max: 60 }),
    lasts: fc.integer({ min: 1, max: 25 }),
    kw: fc.integer({ min: 1, max: 150 }),
  })
  .map(({ startsAt, lasts, kw }) => demand(startsAt, startsAt + lasts, kw));

const anyCapacities = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 4 });

/** The load that random routing accepts: each request goes to a random substation where it fits. */
function acceptedAtRandom(demands: readonly Demand[], capacities: readonly number[], seed: number): number {
  const random = new SeededRandom(seed);
  const sessions: (Demand & { at: number })[] = [];
  for (const arrival of demands.toSorted((a, b) => a.startsAt - b.startsAt)) {
    const running = sessions.filter(({ endsAt }) => endsAt > arrival.startsAt);
    const fitting = capacities.flatMap((capacity, at) => {
      const load = running.reduce((sum, session) => sum + (session.at === at ? session.kw : 0), 0);
      return load + arrival.kw <= capacity ? [at] : [];
    });
    const at = fitting[Math.floor(random.fraction() * fitting.length)];
    // Rejects some that would fit: the bound also holds for routings that look ahead.
    if (at !== undefined && random.fraction() < 0.9) sessions.push({ ...arrival, at });
  }
  return sessions.reduce((sum, { kw }) => sum + kw, 0);
}

/** The most load that one substation can accept in whole requests, by trying all choices. */
function bestWholeChoice(demands: readonly Demand[], capacity: number): number {
  let best = 0;
  for (let choice = 0; choice < 2 ** demands.length; choice += 1) {
    const chosen = demands.filter((_, index) => (choice >> index) & 1);
    const fits = chosen.every(({ startsAt }) => {
      const running = chosen.filter((other) => other.startsAt <= startsAt && other.endsAt > startsAt);
      return running.reduce((sum, { kw }) => sum + kw, 0) <= capacity;
    });
    if (fits)
      best = Math.max(
        best,
        chosen.reduce((sum, { kw }) => sum + kw, 0),
      );
  }
  return best;
}

describe('acceptedLoadBound', () => {
  it('is the requested load when everything fits', () => {
    expect(acceptedLoadBound([demand(0, 10, 60), demand(5, 15, 40), demand(10, 20, 60)], [100])).toBe(160);
  });

  it('cuts the session that ends latest, by at most the overload', () => {
    // The first session loses 30 kW to the second, which ends sooner; its other 50 kW leave room for both.
    expect(acceptedLoadBound([demand(0, 100, 80), demand(1, 10, 50), demand(20, 30, 50)], [100])).toBe(150);
  });

  it('pools the substations, except for a request larger than each of them', () => {
    expect(acceptedLoadBound([demand(0, 10, 60), demand(0, 10, 60)], [60, 60])).toBe(120);
    expect(acceptedLoadBound([demand(0, 10, 61)], [60, 60])).toBe(0);
  });

  it('frees capacity the moment a session ends', () => {
    expect(acceptedLoadBound([demand(0, 10, 100), demand(10, 20, 100)], [100])).toBe(200);
  });

  it('is never below the load that random routing accepts', () => {
    fc.assert(
      fc.property(fc.array(anyDemand), anyCapacities, fc.integer(), (demands, capacities, seed) => {
        const bound = acceptedLoadBound(demands, capacities);
        expect(bound).toBeGreaterThanOrEqual(acceptedAtRandom(demands, capacities, seed));
      }),
    );
  });

  it('is never below the best choice of whole requests', () => {
    fc.assert(
      fc.property(
        fc.array(anyDemand, { maxLength: 9 }),
        fc.integer({ min: 1, max: 150 }),
        (demands, capacity) => {
          expect(acceptedLoadBound(demands, [capacity])).toBeGreaterThanOrEqual(
            bestWholeChoice(demands, capacity),
          );
        },
      ),
    );
  });

  it('equals that choice when requests of one size divide the capacity', () => {
    const whole = fc.array(
      anyDemand.map((one) => ({ ...one, kw: 10 })),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 4 }), (demands, places) => {
        expect(acceptedLoadBound(demands, [10 * places])).toBe(bestWholeChoice(demands, 10 * places));
      }),
    );
  });

  it('is never above the requested load, nor negative', () => {
    const fractional = anyDemand.map((one) => ({ ...one, kw: one.kw / 7 }));
    fc.assert(
      fc.property(fc.array(fractional), anyCapacities, (demands, capacities) => {
        const offered = demands.reduce((sum, { kw }) => sum + kw, 0);
        const bound = acceptedLoadBound(demands, capacities);
        expect(bound).toBeLessThanOrEqual(offered * (1 + 1e-12));
        expect(bound).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
