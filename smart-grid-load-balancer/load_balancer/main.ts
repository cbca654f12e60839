import { resolve4 } from 'node:dns/promises';
import { integerVariable, portVariable, runService } from '@gridclock/service-kit';
import { z } from 'zod';
import { createApp } from './app.ts';
import { BalancerMetrics } from './balancer-metrics.ts';
import { systemClock as clock } from './clock.ts';
import { Dispatcher } from './dispatch.ts';
import { DnsMembers } from './dns-members.ts';
import { Fleet } from './fleet.ts';
import { GridView, gridViewOptions } from './grid-view.ts';
import { createHttpTransport } from './http-transport.ts';
import { memberSource } from './members.ts';
import { OncePerRequest } from './once-per-request.ts';
import { createPolicy, policyNames } from './policies/index.ts';
import { createRounds } from './rounds.ts';
import { SessionDesk } from './session-desk.ts';
import { WaitingRoom } from './waiting-room.ts';

/** A substation answers in a few milliseconds; a second is a busy machine, more is a fault. */
const REQUEST_TIMEOUT_MS = 1_000;

/** As long as the substations remember. */
const REMEMBER_MS = 10 * 60_000;

/** About 50 MB at the very most. */
const REMEMBER_LIMIT = 50_000;

const variables = {
  SUBSTATIONS: z.string().optional(),
  SUBSTATION_HOSTS: z.string().optional(),
  SUBSTATION_DNS: z.string().optional(),
  SUBSTATION_PORT: portVariable().default(8001),
  /** Milliseconds. Below 50 polls would take more time than requests; a view older than a minute is none. */
  POLL_INTERVAL_MS: integerVariable({ min: 50, max: 60_000 }).default(1_000),
  ROUTING_POLICY: z
    .enum(policyNames, { error: `must be one of ${policyNames.join(', ')}` })
    .default('least-load'),
  /** How many requests may wait for load to be given back; 0: none, a full grid refuses at once. */
  MAX_QUEUE: integerVariable({ min: 0, max: 100_000 }).default(0),
  /** Milliseconds. The charge service must be told to wait longer, with BALANCER_TIMEOUT_MS. */
  MAX_WAIT_MS: integerVariable({ min: 1, max: 60_000 }).default(5_000),
  /** Eight characters at least, so that it is not guessed at once. */
  ADMIN_TOKEN: z.string().min(8, 'must have at least 8 characters').optional(),
  PORT: portVariable().default(8080),
};

await runService('load_balancer', variables, ({ config, logger, registry }) => {
  const source = memberSource(config);
  const intervalMs = config.POLL_INTERVAL_MS;
  // A poll may take as long as a request: a substation that is slow to answer is not yet down.
  const transport = createHttpTransport({
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    pollTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  const view = new GridView(gridViewOptions(intervalMs, REQUEST_TIMEOUT_MS));
  const metrics = new BalancerMetrics(registry, view, clock.now);
  const { random } = Math;
  const onEjection = () => metrics.ejected();
  const fleet = new Fleet({ view, transport, intervalMs, clock, random, logger, onEjection });
  const dispatcher = new Dispatcher({
    view,
    fleet,
    transport,
    policy: createPolicy(config.ROUTING_POLICY),
    clock,
    random,
    nextRound: createRounds(Date.now, random),
    onRetry: () => metrics.retried(),
  });
  const oncePerRequest = new OncePerRequest({
    rememberMs: REMEMBER_MS,
    limit: REMEMBER_LIMIT,
    now: clock.now,
  });
  const waitingRoom = new WaitingRoom({ maxQueue: config.MAX_QUEUE, maxWaitMs: config.MAX_WAIT_MS, clock });
  metrics.watch(waitingRoom, registry);
  fleet.onReport(() => void waitingRoom.admit());
  const sessionDesk = new SessionDesk({
    fleet,
    transport,
    now: clock.now,
    onStopped({ id }, load, capacity, askedAt) {
      view.reported(id, { load, capacity }, askedAt, clock.now());
      void waitingRoom.admit();
    },
  });
  const dns =
    source.kind === 'dns'
      ? new DnsMembers({ ...source, fleet, transport, resolve: resolve4, clock, intervalMs, logger })
      : undefined;
  const policyName = config.ROUTING_POLICY;
  const notReady = () => {
    if (dns?.resolved === false) return 'the substations are not looked up yet';
    return fleet.polled ? undefined : 'not every substation has been polled yet';
  };
  return {
    app: createApp({
      fleet,
      view,
      dispatcher,
      oncePerRequest,
      sessionDesk,
      waitingRoom,
      adminToken: config.ADMIN_TOKEN,
      metrics,
      policyName,
      notReady,
      clock,
      logger,
      registry,
    }),
    port: config.PORT,
    started() {
      if (source.kind === 'list') for (const member of source.members) fleet.add(member);
      void dns?.start();
    },
    stop() {
      dns?.stop();
      fleet.stop();
    },
  };
});
