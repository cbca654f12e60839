import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { substationIdSchema } from '@gridclock/grid-protocol';
import {
  EnvironmentError,
  integerVariable,
  numberVariable,
  portVariable,
  runService,
  secretVariable,
} from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createApp } from './app.ts';
import { Charging } from './charging.ts';
import { RequestMemory } from './request-memory.ts';
import { Substation } from './substation.ts';
import { SubstationMetrics } from './substation-metrics.ts';

/** Longer than any client here keeps asking; at 100 sessions a second this is 60,000 of the limit below. */
const REMEMBER_MS = 10 * 60_000;

/** About 100 MB at the very most. */
const REMEMBER_LIMIT = 100_000;

const variables = {
  SUBSTATION_ID: substationIdSchema.default(hostname()),
  /** In kW; a gigawatt is a power plant. */
  MAX_CAPACITY: numberVariable({ min: 0.001, max: 1_000_000 }).default(100),
  /** In seconds; a day and a half keeps the longest session within what timers can hold. */
  CHARGE_PROCESSING_TIME: numberVariable({ min: 0.01, max: 129_600 }).default(10),
  /** In kW. */
  HIGH_PRIORITY_RESERVE_KW: numberVariable({ min: 0 }).default(0),
  ADMIN_TOKEN: secretVariable({ minLength: 8 }),
  /** How long running sessions may go on after SIGTERM, in ms. Whoever stops this process must wait longer. */
  DRAIN_MS: integerVariable({ min: 0, max: 600_000 }).default(1_000),
  PORT: portVariable().default(8001),
};

/** What drivers and operators read are times of day. */
const clock = { ...realScheduler, now: Date.now };

await runService('substation_service', variables, ({ config, logger, registry }) => {
  if (config.HIGH_PRIORITY_RESERVE_KW > config.MAX_CAPACITY)
    throw new EnvironmentError(
      `HIGH_PRIORITY_RESERVE_KW must be at most MAX_CAPACITY (${config.MAX_CAPACITY})`,
    );
  const substation = new Substation({
    id: config.SUBSTATION_ID,
    maxCapacity: config.MAX_CAPACITY,
    highPriorityReserve: config.HIGH_PRIORITY_RESERVE_KW,
    memory: new RequestMemory({
      rememberMs: REMEMBER_MS,
      limit: REMEMBER_LIMIT,
      now: () => performance.now(),
    }),
  });
  const charging = new Charging({
    substation,
    metrics: new SubstationMetrics(registry, substation),
    processingTimeS: config.CHARGE_PROCESSING_TIME,
    clock,
    random: Math.random,
    newId: randomUUID,
  });
  return {
    app: createApp({ charging, adminToken: config.ADMIN_TOKEN, logger, registry }),
    port: config.PORT,
    async drain() {
      substation.drain();
      const bounded = new Promise<void>((resolve) => clock.after(config.DRAIN_MS, resolve));
      await Promise.race([charging.whenIdle(), bounded]);
      // Its counters go with it, so that this is the last word on what it took on.
      const total = { substation: substation.id, accepted_kw: substation.acceptedTotal };
      if (substation.activeSessions === 0) logger.info(total, 'drained');
      else logger.warn({ ...total, sessions: substation.activeSessions }, 'stopped with sessions running');
    },
  };
});
