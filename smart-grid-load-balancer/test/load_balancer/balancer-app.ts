import supertest from 'supertest';
import { InMemoryGrid } from './in-memory-grid.ts';
import { serveBalancer } from './serve-balancer.ts';

export const good = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' };

/** A balancer before substations of so many kW, and what asks it. */
export async function start(
  capacities: Record<string, number> = { a: 80, b: 120 },
  options: Parameters<typeof serveBalancer>[1] = {},
) {
  const grid = new InMemoryGrid(capacities);
  const served = await serveBalancer(grid, options);
  return { ...served, grid, api: supertest(served.app) };
}
