import { noJournal } from '@gridclock/durable-tables';
import { createLogger, createRegistry } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import supertest from 'supertest';
import { createApp } from '../../substation_service/app.ts';
import { SessionSecrets } from '../../substation_service/session-secrets.ts';
import { SessionTimers } from '../../substation_service/session-timers.ts';
import { SubstationMetrics } from '../../substation_service/substation-metrics.ts';
import { createSubstation, type SubstationFixture } from './substation.ts';

type Options = Pick<SubstationFixture, 'highPriorityReserve' | 'life'> & { adminToken?: string };

/** The app of substation `s1` with 100 kW and sessions of 10 s. Time passes only through `clock`. */
export function serveSubstation({ adminToken, ...fixture }: Options = {}) {
  const clock = new VirtualClock();
  const registry = createRegistry();
  const substation = createSubstation({ ...fixture, now: clock.now });
  let ids = 0;
  let issued = 0;
  const timers = new SessionTimers({
    substation,
    secrets: new SessionSecrets({ journal: noJournal, newSecret: () => `secret-${++issued}` }),
    observer: new SubstationMetrics(registry, substation),
    processingTimeS: 10,
    scheduler: clock,
    random: () => 0.5,
    newId: () => String(++ids),
  });
  const app = createApp({
    timers,
    journal: noJournal,
    adminToken,
    registry,
    logger: createLogger('test', 'silent'),
  });
  return { api: supertest(app), app, clock, timers };
}
