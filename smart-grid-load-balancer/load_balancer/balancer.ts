import { shortReason } from '@gridclock/durable-tables';
import { managingSessionsOf } from '@gridclock/grid-protocol';
import { type Logger, Token } from '@gridclock/service-kit';
import { RETRY_BUDGET, RetryBudget } from '@gridclock/service-kit/retry-budget';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Tracing } from '@gridclock/service-kit/tracing';
import type { Registry } from 'prom-client';
import type { BalancerAppOptions } from './app.ts';
import { BalancerMetrics } from './balancer-metrics.ts';
import type { BalancerConfig } from './config.ts';
import { type BalancerStorage, noStorage } from './durable-balancer.ts';
import { Fleet } from './fleet/fleet.ts';
import { GridView } from './fleet/grid-view.ts';
import { gridViewOptions } from './fleet/grid-view-options.ts';
import { LiveView } from './live/live-view.ts';
import { PolicySwitch } from './policies/policy-switch.ts';
import { AdmissionQueue } from './routing/admission-queue.ts';
import { DecisionFeed } from './routing/decision-feed.ts';
import { Dispatcher } from './routing/dispatch.ts';
import { createRoundNumbers } from './routing/dispatch-round.ts';
import { PlacementPipeline } from './routing/placement-pipeline.ts';
import { RequestDeduplicator } from './routing/request-deduplicator.ts';
import { isInterrupted, isOfLostLife } from './sessions/interruption.ts';
import { SessionLocator } from './sessions/session-locator.ts';
import { recoverSecret } from './sessions/session-secret-recovery.ts';
import { SubstationLives } from './sessions/substation-lives.ts';
import { recordedTransport } from './transport/recorded-transport.ts';
import { keepTrace, placementAttributes } from './transport/traced-transport.ts';
import type { Transport } from './transport/transport.ts';

/** 5 s, as long as the charge service waits by default. */
const PLACING_LIMIT_MS = 5_000;

/** The effects that a balancer depends on. Tests replace the network, time and chance. */
export type BalancerDependencies = {
  transport: Transport;
  scheduler: Scheduler;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  registry: Registry;
  /** Returns why the substations are not known yet, or undefined when they are. */
  membersUnknown?: () => string | undefined;
  /** Whether a substation that is not in the fleet yet may have sessions. */
  hasUncontactedReplicas?: () => boolean;
  /** Returns the substations that have left the grid, may return, and are large enough for a request, in kW. */
  departedFor?: (amount: number) => string[];
  /** What outlives a restart; nothing by default. */
  storage?: BalancerStorage;
  /** Undefined where tracing is off. */
  tracing?: Tracing | undefined;
};

/** The parts of a balancer: what its app needs, and its queue. */
export type Balancer = BalancerAppOptions & { queue: AdmissionQueue };

/** Constructs and connects the parts of a balancer. Its fleet is empty at first. */
export function createBalancer(config: BalancerConfig, dependencies: BalancerDependencies): Balancer {
  const { adminToken, maxHops, maxQueue, maxWaitMs, memory, policyName, pollIntervalMs, requestTimeoutMs } =
    config;
  const { scheduler, logger, membersUnknown, random, registry, wallClock } = dependencies;
  const { storage = noStorage, tracing } = dependencies;
  const { journal } = storage;
  const { now } = scheduler;

  const policies = new PolicySwitch(policyName);
  const view = new GridView(gridViewOptions(pollIntervalMs, requestTimeoutMs), policies.cost);
  const feed = new DecisionFeed({ policyName: () => policies.name, now, wallClock });
  const queue: AdmissionQueue = new AdmissionQueue({
    maxQueue,
    maxWaitMs,
    scheduler,
    onDequeued: (waitedMs, outcome) => metrics.waited(waitedMs, outcome),
  });
  const storageFailed = () => journal.failure !== undefined;
  const metrics = new BalancerMetrics({ registry, view, queue, now, wallClock, storageFailed });
  const lives = new SubstationLives({
    wallClock,
    journal,
    onLost(substation, life, lastSeen) {
      const sessions = deduplicator.interrupt((record) => isOfLostLife(record, life, lastSeen));
      metrics.interrupted(sessions);
      logger.warn({ substation, sessions }, 'a substation lost its memory; sessions were interrupted');
    },
  });
  const deduplicator: RequestDeduplicator = new RequestDeduplicator({
    ...memory,
    now,
    wallClock,
    // Without one, it prepares nothing to be stored.
    ...(storage === noStorage ? {} : { journal }),
    onRepeat: () => metrics.repeated(),
    async isInterrupted(record) {
      const interrupted = await isInterrupted(record, { lives, transport, fleet, wallClock });
      if (interrupted) metrics.interrupted(1);
      return interrupted;
    },
    complete: (record) =>
      recoverSecret(record, {
        fleet,
        transport: dependencies.transport,
        wallClock,
        timeoutMs: requestTimeoutMs,
      }),
  });
  lives.restore(storage.lives);
  deduplicator.restore(storage.requests);
  const transport = recordedTransport(dependencies.transport, (request, member) =>
    deduplicator.sending(request, member),
  );
  const fleet = new Fleet({
    view,
    transport,
    intervalMs: pollIntervalMs,
    scheduler,
    random,
    logger,
    onEjection: () => metrics.ejected(),
  });
  fleet.onReport((member, { durable = false, life }) => {
    if (life !== undefined) lives.seen(member.id, life, durable);
    void queue.admit();
  });
  const retryBudget = new RetryBudget({ ...RETRY_BUDGET, now });
  const dispatcher = new Dispatcher({
    view,
    fleet,
    // One that has not reported yet may be durable.
    isDurable: (id) => lives.isDurable(id) || view.describe(id, now())?.polledLoad === undefined,
    hasUncontactedReplicas: dependencies.hasUncontactedReplicas ?? (() => false),
    departedFor: dependencies.departedFor ?? (() => []),
    transport,
    policy: policies.choose,
    decisions: feed,
    maxHops,
    requestTimeoutMs,
    retryBudget,
    scheduler,
    random,
    nextRound: createRoundNumbers(wallClock, random),
    onRetry: () => metrics.retried(),
  });
  const pipeline = new PlacementPipeline({
    deduplicator,
    queue,
    dispatcher,
    view,
    retryBudget,
    now,
    // A request is placed after a wait by what frees capacity: a poll, or another request.
    keepTrace: tracing && keepTrace(tracing),
    onPlaced(request, placement) {
      const { request_id } = request;
      feed.placed(request, placement);
      metrics.placed(placement);
      tracing?.current()?.set(placementAttributes(placement));
      if (placement.kind === 'unknown' || placement.kind === 'unavailable')
        logger.warn({ request_id, ...placement }, 'request not placed');
    },
  });
  const sessions = new SessionLocator({
    fleet,
    transport,
    now,
    managerCredential({ id }) {
      const life = lives.lifeOf(id);
      if (life === undefined || adminToken === undefined) return undefined;
      return Token.from(adminToken).derive(managingSessionsOf(life)).sent;
    },
    endOf: (id) => lives.endOf(id),
    onStopped({ id }, load, capacity, requestedAt) {
      view.reported(id, { load, capacity }, requestedAt, now());
      void queue.admit();
    },
  });
  const live = new LiveView({ fleet, view, policies, feed, sessions, transport, now, wallClock });
  const notReady = () => {
    if (journal.failure !== undefined) return shortReason(journal.failure);
    const unknown = membersUnknown?.();
    if (unknown !== undefined) return unknown;
    if (!fleet.allPolled) return 'not every substation has been polled yet';
    return view.canCharge(now()) ? undefined : 'no substation responds and accepts sessions';
  };
  return {
    fleet,
    view,
    queue,
    pipeline,
    sessions,
    adminToken,
    policies,
    live,
    usePolicy(name) {
      policies.use(name);
      view.minimize(policies.cost, now());
      logger.info({ policy: name }, 'routing policy changed');
    },
    notReady,
    defaultDeadlineMs: maxWaitMs + PLACING_LIMIT_MS,
    now,
    logger,
    registry,
  };
}
