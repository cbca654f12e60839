import { createLogger, createRegistry } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import { vi } from 'vitest';
import { createBalancer } from '../../load_balancer/balancer.ts';
import type { InMemoryGrid } from './in-memory-grid.ts';

/** The time of day at which a balancer's clock starts, in seconds since 1970. */
export const STARTED_AT_S = 1_700_000_000;

/** A balancer's app on an in-memory grid that has been polled once. Time passes only when told to. */
export async function serveBalancer(
  grid: InMemoryGrid,
  { adminToken, maxQueue = 0 }: { adminToken?: string; maxQueue?: number } = {},
) {
  const clock = new VirtualClock();
  const balancer = createBalancer(
    {
      pollIntervalMs: 1_000_000,
      requestTimeoutMs: 1_000,
      policyName: 'least-load',
      maxQueue,
      maxWaitMs: 5_000,
      adminToken,
    },
    {
      transport: grid,
      clock,
      wallClock: () => STARTED_AT_S * 1_000 + clock.now(),
      random: () => 0.5,
      logger: createLogger('test', 'silent'),
      registry: createRegistry(),
    },
  );
  for (const member of grid.members) balancer.fleet.add(member);
  await vi.waitUntil(() => balancer.fleet.polled);
  return { ...balancer, clock };
}
