import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { newLife, sessionSecretOf } from '@gridclock/grid-protocol';
import { EnvironmentError, type RequestClass, runService } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { createApp } from './app.ts';
import {
  checkReserve,
  HOLD_REFUSALS_MS,
  REMEMBER_LIMIT,
  REMEMBER_MS,
  substationVariables,
} from './config.ts';
import { openSubstationStorage, type SubstationStorage } from './durable-substation.ts';
import { RequestMemory } from './request-memory.ts';
import { SessionSecrets } from './session-secrets.ts';
import { SessionTable } from './session-table.ts';
import { SessionTimers } from './session-timers.ts';
import { storedTotals } from './stored-totals.ts';
import { Substation } from './substation.ts';
import { SubstationMetrics } from './substation-metrics.ts';

/** Sessions show times of day; `realScheduler` counts from a fixed moment. */
const scheduler = { ...realScheduler, now: Date.now };

await runService(
  'substation_service',
  substationVariables,
  async ({ config, logger, registry, tls }) => {
    checkReserve(config);
    const onStorageFailure = (reason: string | undefined) => {
      substation.setStorageFailed(reason !== undefined);
      if (reason === undefined) logger.warn('the disk takes changes again; accepting sessions');
      else logger.error({ reason }, 'the disk takes no changes: no session can start; free or repair it');
    };
    const storage = await openSubstationStorage(config.DATA_DIR, realScheduler, onStorageFailure).catch(
      (error: unknown) => {
        throw new EnvironmentError(`DATA_DIR ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    const { journal, records } = storage;
    const { substation: id, life } = identify(config, storage);
    const substation = new Substation({
      id,
      life,
      maxCapacity: config.MAX_CAPACITY,
      highPriorityReserve: config.HIGH_PRIORITY_RESERVE_KW,
      memory: new RequestMemory({
        rememberMs: REMEMBER_MS,
        limit: REMEMBER_LIMIT,
        now: realScheduler.now,
        wallClock: Date.now,
        journal,
      }),
      table: new SessionTable(journal, records.totals),
    });
    substation.restore(records, Date.now());
    if (storage.identity === undefined) {
      journal.put('identity', 'identity', { substation: id, life });
      await journal.flushed();
    }
    if (substation.activeSessions > 0) {
      const { activeSessions: sessions, load } = substation;
      logger.info({ substation: id, sessions, load }, 'sessions of the previous process continue');
    }
    const secrets = new SessionSecrets({ journal, newSecret: () => sessionSecretOf(randomBytes(32)) });
    secrets.restore(storage.secrets, (id) => substation.session(id, Date.now()) !== undefined);
    const timers = new SessionTimers({
      substation,
      secrets,
      observer: new SubstationMetrics(
        registry,
        substation,
        config.DATA_DIR !== undefined,
        storedTotals(substation, () => journal.flushed(), realScheduler),
      ),
      processingTimeS: config.CHARGE_PROCESSING_TIME,
      scheduler,
      monotonic: realScheduler.now,
      random: Math.random,
      newId: randomUUID,
    });
    return {
      app: createApp({ timers, journal, adminToken: config.ADMIN_TOKEN, logger, registry, tls }),
      port: config.PORT,
      door: { classOf, holdRefusalsMs: HOLD_REFUSALS_MS },
      async drain() {
        await timers.drain(config.DRAIN_MS);
        // Prometheus may not scrape this process again: log the final counter.
        const total = { substation: substation.id, accepted_kw: substation.acceptedTotal };
        if (substation.activeSessions === 0) logger.info(total, 'drained');
        else logger.warn({ ...total, sessions: substation.activeSessions }, 'stopped with sessions running');
      },
      closed: () => storage.close(),
    };
  },
  ({ SUBSTATION_ID = hostname() }) => SUBSTATION_ID,
);

/** A balancer that looks a request up resolves an uncertain outcome: the sooner, the fewer retries. */
function classOf({ url }: IncomingMessage): RequestClass {
  return url === '/requests/lookup' ? 'peer' : 'client';
}

/**
 * The substation's id and life. Without SUBSTATION_ID, a data directory keeps its id where the host name changes.
 *
 * @throws EnvironmentError if the data directory belongs to another substation
 */
function identify(
  { DATA_DIR, SUBSTATION_ID }: { DATA_DIR?: string | undefined; SUBSTATION_ID?: string | undefined },
  { identity }: SubstationStorage,
): { substation: string; life: string } {
  const substation = SUBSTATION_ID ?? identity?.substation ?? hostname();
  if (identity !== undefined && identity.substation !== substation)
    throw new EnvironmentError(
      `DATA_DIR ${DATA_DIR} holds the sessions of ${identity.substation}, not of ${substation}`,
    );
  return { substation, life: identity?.life ?? newLife(Math.random()) };
}
