import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { createApp } from './app.ts';
import { BalancerMetrics } from './balancer-metrics.ts';
import { Fleet } from './fleet/fleet.ts';
import { GridView, gridViewOptions } from './fleet/grid-view.ts';
import { createPolicy, type PolicyName } from './policies/index.ts';
import { WaitingRoom } from './routing/admission-queue.ts';
import { Dispatcher } from './routing/dispatch.ts';
import { OncePerRequest } from './routing/request-deduplicator.ts';
import { createRounds } from './routing/rounds.ts';
import { SessionDesk } from './sessions/session-locator.ts';
import type { Transport } from './transport/transport.ts';

export type BalancerSettings = {
  /** Milliseconds. */
  pollIntervalMs: number;
  /** How long a substation may take to answer, in milliseconds. */
  requestTimeoutMs: number;
  policyName: PolicyName;
  /** How many requests may wait for load to be given back; 0: none. */
  maxQueue: number;
  /** How long they may wait, in milliseconds. */
  maxWaitMs: number;
  /** Needed to add and remove substations; undefined: nobody may. */
  adminToken: string | undefined;
};

/** All that a balancer has from outside. */
export type BalancerWorld = {
  transport: Transport;
  clock: Scheduler;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  registry: Registry;
  /** Why the substations are not known yet, or undefined when they are. */
  membersUnknown?: () => string | undefined;
  /** Whether a substation may be there, and have sessions, that has not been heard yet. */
  unheard?: () => boolean;
};

/** A balancer that was put together: its routes, and the parts that a simulation or a test looks into. */
export type Balancer = {
  app: Express;
  fleet: Fleet;
  view: GridView;
  waitingRoom: WaitingRoom;
};

/** How long a request's outcome is remembered, in milliseconds: as long as the substations remember it. */
const REMEMBER_MS = 10 * 60_000;

/** How many outcomes are remembered: about 50 MB at the very most. */
const REMEMBER_LIMIT = 50_000;

/** Puts the parts of a balancer together. It knows no substation until some are added to its fleet. */
export function createBalancer(settings: BalancerSettings, world: BalancerWorld): Balancer {
  const { adminToken, maxQueue, maxWaitMs, policyName, pollIntervalMs, requestTimeoutMs } = settings;
  const { clock, logger, membersUnknown, random, registry, transport, unheard, wallClock } = world;
  const view = new GridView(gridViewOptions(pollIntervalMs, requestTimeoutMs));
  const waitingRoom: WaitingRoom = new WaitingRoom({
    maxQueue,
    maxWaitMs,
    clock,
    onLeft: (waitedMs, outcome) => metrics.waited(waitedMs, outcome),
  });
  const metrics = new BalancerMetrics({ registry, view, waitingRoom, now: clock.now, wallClock });
  const fleet = new Fleet({
    view,
    transport,
    intervalMs: pollIntervalMs,
    clock,
    random,
    logger,
    onEjection: () => metrics.ejected(),
  });
  fleet.onReport(() => void waitingRoom.admit());
  const dispatcher = new Dispatcher({
    view,
    fleet,
    unheard: unheard ?? (() => false),
    transport,
    policy: createPolicy(policyName),
    clock,
    random,
    nextRound: createRounds(wallClock, random),
    onRetry: () => metrics.retried(),
  });
  const sessionDesk = new SessionDesk({
    fleet,
    transport,
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
    oncePerRequest: new OncePerRequest({
      rememberMs: REMEMBER_MS,
      limit: REMEMBER_LIMIT,
      now: clock.now,
      onRepeat: () => metrics.repeated(),
    }),
    sessionDesk,
    waitingRoom,
    adminToken,
    metrics,
    policyName,
    notReady: () =>
      membersUnknown?.() ?? (fleet.polled ? undefined : 'not every substation has been polled yet'),
    clock,
    logger,
    registry,
  });
  return { app, fleet, view, waitingRoom };
}
