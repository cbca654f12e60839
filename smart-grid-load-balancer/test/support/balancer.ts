import type { IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import { AddressGuard, allowedPeersVariable } from '@gridclock/service-kit';
import { createLogger } from '@gridclock/service-kit/logger';
import { sleep } from '@gridclock/service-kit/scheduler';
import { VirtualClock } from '@gridclock/simulation-kit';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { createApp } from '../../load_balancer/app.ts';
import { createBalancer } from '../../load_balancer/balancer.ts';
import type { BalancerStorage } from '../../load_balancer/durable-balancer.ts';
import type { Transport } from '../../load_balancer/transport/transport.ts';
import { InMemoryGrid } from './in-memory-grid.ts';

export type BalancerOptions = {
  adminToken?: string;
  maxHops?: number;
  /** By default, one poll is enough for a test: further ones would overwrite the view under test. */
  pollIntervalMs?: number;
  maxQueue?: number;
  /** The clock of an earlier balancer, for one that continues after its restart. */
  clock?: VirtualClock;
  hasUncontactedReplicas?: () => boolean;
  departedFor?: (amount: number) => string[];
  /** What an earlier balancer left on its disk. */
  storage?: BalancerStorage;
  /** Substations that it does not know of. */
  absent?: readonly string[];
  /** By how much its wall clock is ahead, in milliseconds. */
  clockAheadMs?: number;
};

/** The wall-clock time at which the virtual clock starts, in seconds since 1970. */
export const STARTED_AT_S = 1_700_000_000;

const POLL_INTERVAL_MS = 1_000_000;

const logger = createLogger('test', 'silent');

/** Starts a balancer on an in-memory grid and polls each substation once. Time moves only with its clock. */
export async function startBalancer(grid: InMemoryGrid, options: BalancerOptions = {}) {
  const { adminToken, clock = new VirtualClock(), departedFor, hasUncontactedReplicas } = options;
  const { absent = [], clockAheadMs = 0, storage } = options;
  let killed = false;
  const { maxHops = 32, maxQueue = 0, pollIntervalMs = POLL_INTERVAL_MS } = options;
  grid.wait = (ms) => sleep(clock, ms);
  const config = {
    pollIntervalMs,
    requestTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
    policyName: 'least-load',
    maxHops,
    maxQueue,
    maxWaitMs: 5_000,
    memory: { rememberMs: POLL_INTERVAL_MS, limit: 100 },
    adminToken,
  } as const;
  const balancer = createBalancer(config, {
    transport: untilKilled(grid, () => killed),
    scheduler: clock,
    wallClock: () => STARTED_AT_S * 1_000 + clockAheadMs + clock.now(),
    random: () => 0.5,
    logger,
    registry: new Registry(),
    ...(storage === undefined ? {} : { storage }),
    ...(hasUncontactedReplicas === undefined ? {} : { hasUncontactedReplicas }),
    ...(departedFor === undefined ? {} : { departedFor }),
  });
  for (const member of grid.members) if (!absent.includes(member.id)) balancer.fleet.add(member);
  await clock.advanceAsync(0);
  /** Places a request, moving the clock until retries are through. */
  const place = async (
    request: IdentifiedChargeRequest,
    history: RequestHistory = 'new',
    deadlineMs = Number.POSITIVE_INFINITY,
  ) => {
    let settled = false;
    const placement = balancer.pipeline
      .place(request, history, { deadline: clock.now() + deadlineMs })
      .finally(() => {
        settled = true;
      });
    while (!settled) await clock.advanceAsync(100);
    return placement;
  };
  /** Ends the process: it sends and receives nothing more. */
  const kill = () => {
    killed = true;
    balancer.fleet.stop();
  };
  return { ...balancer, clock, grid, place, kill };
}

/** A transport that a killed process leaves without replies. */
function untilKilled(grid: InMemoryGrid, killed: () => boolean): Transport {
  const never = new Promise<never>(() => {});
  const guard =
    <Arguments extends unknown[], Reply>(call: (...args: Arguments) => Promise<Reply>) =>
    async (...args: Arguments): Promise<Reply> => {
      if (killed()) return never;
      const reply = await call(...args);
      return killed() ? never : reply;
    };
  return {
    charge: guard(grid.charge),
    lookup: guard(grid.lookup),
    sessions: guard(grid.sessions),
    session: guard(grid.session),
    stopSession: guard(grid.stopSession),
    report: guard(grid.report),
  };
}

/** Starts a balancer with its HTTP app, on substations with the given capacities in kW. */
export async function serveBalancer(
  capacities: Record<string, number> = { a: 80, b: 120 },
  options: BalancerOptions = {},
  grid = new InMemoryGrid(capacities),
) {
  const balancer = await startBalancer(grid, options);
  const guard = new AddressGuard(allowedPeersVariable().parse(undefined));
  const app = createApp({ ...balancer, guard });
  return { ...balancer, app, api: supertest(app) };
}

/** A charge request of vehicle `EV_<id>`. */
export const request = (charge_amount: number, id = 'r1'): IdentifiedChargeRequest => ({
  vehicle_id: `EV_${id}`,
  charge_amount,
  priority: 'normal',
  request_id: id,
});
