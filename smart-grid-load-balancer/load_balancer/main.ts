import { resolve4 } from 'node:dns/promises';
import { AddressGuard, EnvironmentError, runService } from '@gridclock/service-kit';
import { realScheduler as scheduler } from '@gridclock/service-kit/scheduler';
import { createApp } from './app.ts';
import { createBalancer } from './balancer.ts';
import { balancerConfig, balancerVariables, HOLD_REFUSALS_MS, memberSource } from './config.ts';
import { openBalancerStorage } from './durable-balancer.ts';
import { DepartedReplicas } from './fleet/departed-replicas.ts';
import { DnsMembers } from './fleet/dns-members.ts';
import { createHttpTransport } from './transport/http-transport.ts';
import { tracedTransport } from './transport/traced-transport.ts';

await runService('load_balancer', balancerVariables, async (context) => {
  const { config: variables, logger, registry, tls, tracing } = context;
  const config = balancerConfig(variables);
  const source = memberSource(variables);
  const guard = new AddressGuard(
    variables.ALLOWED_PEERS,
    source.kind === 'list' ? source.members.map(({ url }) => url) : [],
  );
  const { connectTimeoutMs, pollIntervalMs: intervalMs, requestTimeoutMs } = config;
  // A poll may take as long as a request: a substation that is slow to respond is not down.
  const transport = createHttpTransport({
    connectTimeoutMs,
    requestTimeoutMs,
    pollTimeoutMs: requestTimeoutMs,
    guard,
    // A replica that DNS lists is only known by the name that was looked up.
    tls: tls?.peers('substation_service', source.kind === 'dns' ? source.name : undefined),
    tracing,
  });
  const storage = await openBalancerStorage(variables.DATA_DIR, scheduler, (reason) => {
    if (reason === undefined) logger.warn('the disk takes changes again; placing requests');
    else logger.error({ reason }, 'the disk takes no changes: no request can be placed; free or repair it');
  }).catch((error: unknown) => {
    throw new EnvironmentError(`DATA_DIR ${error instanceof Error ? error.message : String(error)}`);
  });
  const departed = new DepartedReplicas(scheduler.now);
  const balancer = createBalancer(config, {
    storage,
    transport: tracing === undefined ? transport : tracedTransport(transport, tracing),
    tracing,
    scheduler,
    wallClock: Date.now,
    random: Math.random,
    logger,
    registry,
    membersUnknown: () =>
      dns?.lookedUp === false ? 'the substations have not been looked up yet' : undefined,
    hasUncontactedReplicas: () => dns?.hasUncontactedReplicas ?? false,
    departedFor: (amount) => departed.largeEnough(amount),
  });
  const { fleet, view } = balancer;
  const capacityOf = (id: string) => view.describe(id, scheduler.now())?.capacity;
  const dns =
    source.kind === 'dns'
      ? new DnsMembers({
          ...source,
          fleet,
          transport,
          departed,
          capacityOf,
          resolve: resolve4,
          scheduler,
          intervalMs,
          logger,
        })
      : undefined;
  return {
    app: createApp({ ...balancer, guard, tls }),
    port: variables.PORT,
    door: { holdRefusalsMs: HOLD_REFUSALS_MS },
    started() {
      if (source.kind === 'list') for (const member of source.members) fleet.add(member);
      void dns?.start();
    },
    stop() {
      dns?.stop();
      fleet.stop();
    },
    closed: () => storage.close(),
  };
});
