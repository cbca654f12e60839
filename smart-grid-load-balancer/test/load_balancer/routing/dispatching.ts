import type { IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import { BalancerUnderTest, counter } from '../balancer-under-test.ts';
import { InMemoryGrid } from '../in-memory-grid.ts';

/** In kW. */
export const capacities = { a: 80, b: 120, c: 100 };

/** A grid of substations of so many kW, and a balancer that knows them. */
export function start(sizes: Record<string, number> = capacities) {
  const grid = new InMemoryGrid(sizes);
  const nextRound = counter();
  return { grid, nextRound, balancer: new BalancerUnderTest(grid, nextRound) };
}

export const request = (charge_amount: number, id = 'r1'): IdentifiedChargeRequest => ({
  vehicle_id: `EV_${id}`,
  charge_amount,
  priority: 'normal',
  request_id: id,
});

/** Load that the balancer does not know of. */
export function fill(grid: InMemoryGrid, id: string, kilowatts: number) {
  grid
    .substation(id)
    .admit(
      { vehicle_id: 'other', charge_amount: kilowatts, priority: 'normal' },
      { sessionId: `${id}~other`, now: 0, durationMs: 10_000 },
    );
}
