import type { Logger } from '@gridclock/service-kit';
import type { Registry } from 'prom-client';
import { vi } from 'vitest';
import { createApp } from '../../load_balancer/app.ts';
import { BalancerMetrics } from '../../load_balancer/balancer-metrics.ts';
import { Dispatcher } from '../../load_balancer/dispatch.ts';
import { Fleet } from '../../load_balancer/fleet.ts';
import { GridView, gridViewOptions } from '../../load_balancer/grid-view.ts';
import { OncePerRequest } from '../../load_balancer/once-per-request.ts';
import { createPolicy } from '../../load_balancer/policies/index.ts';
import { SessionDesk } from '../../load_balancer/session-desk.ts';
import { WaitingRoom } from '../../load_balancer/waiting-room.ts';
import { ManualClock } from '../substation_service/manual-clock.ts';
import { counter } from './balancer-under-test.ts';
import { hastyClock, type InMemoryGrid } from './in-memory-grid.ts';

/** The balancer's app on an in-memory grid that has been polled once and is not polled again. */
export async function serveBalancer(
  grid: InMemoryGrid,
  registry: Registry,
  logger: Logger,
  { adminToken, maxQueue = 0 }: { adminToken?: string; maxQueue?: number } = {},
) {
  const clock = hastyClock();
  const view = new GridView(gridViewOptions(1_000_000, 1_000_000));
  const metrics = new BalancerMetrics(registry, view, clock.now);
  const random = () => 0.5;
  const fleet = new Fleet({
    view,
    transport: grid,
    intervalMs: 1000,
    clock: new ManualClock(),
    random,
    logger,
    onEjection: () => metrics.ejected(),
  });
  for (const member of grid.members) fleet.add(member);
  await vi.waitUntil(() => fleet.polled);
  const policy = createPolicy('least-load');
  const onRetry = () => metrics.retried();
  const nextRound = counter();
  const dispatcher = new Dispatcher({
    view,
    fleet,
    transport: grid,
    policy,
    clock,
    random,
    nextRound,
    onRetry,
  });
  const waitingClock = new ManualClock();
  const waitingRoom = new WaitingRoom({ maxQueue, maxWaitMs: 5_000, clock: waitingClock });
  metrics.watch(waitingRoom, registry);
  const sessionDesk = new SessionDesk({
    fleet,
    transport: grid,
    now: clock.now,
    onStopped({ id }, load, capacity, askedAt) {
      view.reported(id, { load, capacity }, askedAt, clock.now());
      void waitingRoom.admit();
    },
  });
  const app = createApp({
    fleet,
    view,
    dispatcher,
    oncePerRequest: new OncePerRequest({ rememberMs: 1_000_000, limit: 1000, now: () => 0 }),
    sessionDesk,
    waitingRoom,
    adminToken,
    metrics,
    policyName: 'least-load',
    notReady: () => (fleet.polled ? undefined : 'not polled'),
    clock,
    logger,
    registry,
  });
  return { app, view, waitingClock, waitingRoom };
}
