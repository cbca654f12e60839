import { resolve4 } from 'node:dns/promises';
import { integerVariable, portVariable, runService, secretVariable } from '@gridclock/service-kit';
import { realScheduler as clock } from '@gridclock/service-kit/scheduler';
import { z } from 'zod';
import { createBalancer } from './balancer.ts';
import { DnsMembers } from './fleet/dns-members.ts';
import { memberSource } from './fleet/members.ts';
import { policyNames } from './policies/index.ts';
import { createHttpTransport } from './transport/http-transport.ts';

/** A substation answers in a few milliseconds; a second is a busy machine, more is a fault. */
const REQUEST_TIMEOUT_MS = 1_000;

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
  ADMIN_TOKEN: secretVariable({ minLength: 8 }),
  PORT: portVariable().default(8080),
};

await runService('load_balancer', variables, ({ config, logger, registry }) => {
  const source = memberSource(config);
  // A poll may take as long as a request: a substation that is slow to answer is not yet down.
  const transport = createHttpTransport({
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    pollTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  const settings = {
    pollIntervalMs: config.POLL_INTERVAL_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    policyName: config.ROUTING_POLICY,
    maxQueue: config.MAX_QUEUE,
    maxWaitMs: config.MAX_WAIT_MS,
    adminToken: config.ADMIN_TOKEN,
  };
  const membersUnknown = () =>
    dns?.resolved === false ? 'the substations are not looked up yet' : undefined;
  const unheard = () => dns?.unheard ?? false;
  const { random } = Math;
  const world = { transport, clock, wallClock: Date.now, random, logger, registry, membersUnknown, unheard };
  const { app, fleet } = createBalancer(settings, world);
  const intervalMs = config.POLL_INTERVAL_MS;
  const dns =
    source.kind === 'dns'
      ? new DnsMembers({ ...source, fleet, transport, resolve: resolve4, clock, intervalMs, logger })
      : undefined;
  return {
    app,
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
