import { randomUUID } from 'node:crypto';
import { runService } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createApp } from './app.ts';
import { checkReserve, REMEMBER_LIMIT, REMEMBER_MS, substationVariables } from './config.ts';
import { RequestMemory } from './request-memory.ts';
import { SessionTimers } from './session-timers.ts';
import { Substation } from './substation.ts';
import { SubstationMetrics } from './substation-metrics.ts';

/** Sessions show times of day; `realScheduler` counts from a fixed moment. */
const scheduler = { ...realScheduler, now: Date.now };

await runService('substation_service', substationVariables, ({ config, logger, registry }) => {
  checkReserve(config);
  const substation = new Substation({
    id: config.SUBSTATION_ID,
    maxCapacity: config.MAX_CAPACITY,
    highPriorityReserve: config.HIGH_PRIORITY_RESERVE_KW,
    memory: new RequestMemory({ rememberMs: REMEMBER_MS, limit: REMEMBER_LIMIT, now: realScheduler.now }),
  });
  const timers = new SessionTimers({
    substation,
    observer: new SubstationMetrics(registry, substation),
    processingTimeS: config.CHARGE_PROCESSING_TIME,
    scheduler,
    random: Math.random,
    newId: randomUUID,
  });
  return {
    app: createApp({ timers, adminToken: config.ADMIN_TOKEN, logger, registry }),
    port: config.PORT,
    async drain() {
      await timers.drain(config.DRAIN_MS);
      // Prometheus may not scrape this process again: log the final counter.
      const total = { substation: substation.id, accepted_kw: substation.acceptedTotal };
      if (substation.activeSessions === 0) logger.info(total, 'drained');
      else logger.warn({ ...total, sessions: substation.activeSessions }, 'stopped with sessions running');
    },
  };
});
