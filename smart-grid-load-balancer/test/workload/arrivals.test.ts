import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHARGE_AMOUNTS_KW, drawPauseMs, drawVehicle } from '../../workload/arrivals.ts';

const vehicles = (seed: number, count: number) => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => drawVehicle(random));
};

const shareOf = (values: readonly unknown[], value: unknown) =>
  values.filter((candidate) => candidate === value).length / values.length;

describe('drawVehicle', () => {
  it('draws the same vehicles for the same seed', () => {
    expect(vehicles(7, 3)).toEqual(vehicles(7, 3));
    expect(vehicles(7, 3)).not.toEqual(vehicles(8, 3));
  });

  it('draws ids, amounts and priorities from the ranges of the contract', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        for (const { vehicle_id, charge_amount, priority } of vehicles(seed, 20)) {
          expect(vehicle_id).toMatch(/^EV_[1-9]\d{3}$/);
          expect(CHARGE_AMOUNTS_KW).toContain(charge_amount);
          expect(['low', 'normal', 'high']).toContain(priority);
        }
      }),
    );
  });

  it('draws every amount equally often', () => {
    const amounts = vehicles(1, 60_000).map(({ charge_amount }) => charge_amount);
    for (const amount of CHARGE_AMOUNTS_KW) expect(shareOf(amounts, amount)).toBeCloseTo(1 / 6, 2);
  });

  it('draws low priority in 20 %, normal in 60 % and high in 20 % of all requests', () => {
    const priorities = vehicles(1, 60_000).map(({ priority }) => priority);
    expect(shareOf(priorities, 'low')).toBeCloseTo(0.2, 2);
    expect(shareOf(priorities, 'normal')).toBeCloseTo(0.6, 2);
    expect(shareOf(priorities, 'high')).toBeCloseTo(0.2, 2);
  });

  it('draws the first and the last id of the range', () => {
    const ids = new Set(vehicles(1, 100_000).map(({ vehicle_id }) => vehicle_id));
    expect([...ids].sort().at(0)).toBe('EV_1000');
    expect([...ids].sort().at(-1)).toBe('EV_9999');
  });
});

describe('drawPauseMs', () => {
  it('draws 0.1 to 2 seconds', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const pauseMs = drawPauseMs(new SeededRandom(seed));
        expect(pauseMs).toBeGreaterThanOrEqual(100);
        expect(pauseMs).toBeLessThanOrEqual(2_000);
      }),
    );
  });
});
