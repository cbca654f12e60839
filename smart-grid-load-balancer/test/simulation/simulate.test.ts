import type { Priority } from '@gridclock/grid-protocol';
import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PolicyName, policyNames } from '../../load_balancer/policies/index.ts';
import { balancerRouter } from '../../simulation/balancer-router.ts';
import { originalRouter } from '../../simulation/original-router.ts';
import { simulate } from '../../simulation/simulate.ts';
import type { PlannedRequest } from '../../simulation/traffic.ts';

const request = (arrivesAt: number, charge_amount: number, durationMs = 10_000): PlannedRequest => ({
  vehicle_id: 'EV_1000',
  priority: 'normal' satisfies Priority,
  arrivesAt,
  charge_amount,
  durationMs,
});

function route(traffic: PlannedRequest[], capacitiesKw: number[], policy: PolicyName | 'original', seed = 1) {
  const random = new SeededRandom(seed);
  const pollIntervalMs = policy === 'original' ? 5_000 : 1_000;
  return simulate({
    capacitiesKw,
    traffic,
    pollIntervalMs,
    maxHops: Number.POSITIVE_INFINITY,
    random,
    createRouter: (ids) =>
      policy === 'original' ? originalRouter(ids) : balancerRouter(ids, policy, pollIntervalMs, random),
  });
}

/** Ten requests 100 ms apart, after the first polls: together as much as two substations hold. */
const burst = Array.from({ length: 10 }, (_, index) => request(600 + index * 100, 20));

describe('a rush hour on virtual time', () => {
  it('sends everything between two polls to one substation with the original router', () => {
    expect(route(burst, [100, 100], 'original')).toMatchObject({ acceptedKw: 100, rejected: 5, hops: 10 });
  });

  it('fills both substations with the view that counts its own dispatches', () => {
    expect(route(burst, [100, 100], 'least-load')).toMatchObject({ acceptedKw: 200, rejected: 0, hops: 10 });
  });

  it('asks the next substation after a rejection, and stops after the maximum of hops', () => {
    const full = [request(0, 100), request(100, 100), request(200, 50)];
    expect(route(full, [100, 100], 'least-load')).toMatchObject({ acceptedKw: 200, rejected: 1, hops: 4 });
    const oneHop = { capacitiesKw: [100, 100], traffic: full, pollIntervalMs: 1_000, maxHops: 1 };
    const random = new SeededRandom(1);
    const createRouter = (ids: readonly string[]) => balancerRouter(ids, 'least-load', 1_000, random);
    expect(simulate({ ...oneHop, random, createRouter })).toMatchObject({ rejected: 1, hops: 3 });
  });

  it('frees the load of a session when it ends', () => {
    const oneAfterAnother = [request(0, 100, 5_000), request(6_000, 100, 5_000)];
    expect(route(oneAfterAnother, [100], 'least-load')).toMatchObject({ acceptedKw: 200, rejected: 0 });
  });

  it('measures a spread of 0.5 when one of two equal substations is full and one idle', () => {
    const all = [request(0, 100, 60_000), request(60_000, 100)];
    const { utilizationSpread } = route(all, [100, 100], 'best-fit');
    expect(utilizationSpread).toBeCloseTo(0.5, 1);
  });

  it('never exceeds a capacity or the bound, and frees all load', () => {
    // Steps of 100 ms are longer than any chain of hops, so sessions end when the bound expects them to.
    const requests = fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 300 }),
        steps: fc.integer({ min: 1, max: 150 }),
        kw: fc.integer({ min: 1, max: 150 }),
      }),
      { maxLength: 60 },
    );
    const capacities = fc.array(fc.integer({ min: 20, max: 120 }), { minLength: 1, maxLength: 4 });
    const contender = fc.constantFrom('original' as const, ...policyNames);
    fc.assert(
      fc.property(requests, capacities, contender, fc.integer(), (drawn, capacitiesKw, policy, seed) => {
        const traffic = drawn
          .map(({ step, steps, kw }) => request(step * 100, kw, steps * 100))
          .sort((a, b) => a.arrivesAt - b.arrivesAt);
        const result = route(traffic, capacitiesKw, policy, seed);
        expect(result.invariantsHeld).toBe(true);
        expect(result.acceptedKw).toBeLessThanOrEqual(result.boundKw);
      }),
    );
  });
});
