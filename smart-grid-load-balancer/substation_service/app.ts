import { shortReason, type TableJournal } from '@gridclock/durable-tables';
import { requestLookupSchema, type SubstationStatus } from '@gridclock/grid-protocol';
import {
  createRouter,
  createServiceApp,
  jsonHandler,
  type Logger,
  requirePeer,
  type ServiceTls,
  type Token,
  validate,
} from '@gridclock/service-kit';
import { apiRoutes, DOCS_TYPES, indexRoute } from '@gridclock/ui-kit/api-docs';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import { chargeOperation, hotChargeRoute } from './charge-operation.ts';
import { drainRoutes } from './drain-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import type { SessionTimers } from './session-timers.ts';
import type { Substation } from './substation.ts';

export type SubstationAppOptions = {
  timers: SessionTimers;
  /** Where the substation's changes go. No response promises what is not on disk. */
  journal: Pick<TableJournal, 'flushed' | 'failure'>;
  /** Required to drain and to list sessions. If undefined, only clients on this host may. */
  adminToken?: string | Token | undefined;
  logger: Logger;
  registry: Registry;
  /** The substation's certificates; without them, requests about sessions need none. */
  tls?: ServiceTls | undefined;
};

/** The substation's routes. */
export function createApp({
  timers,
  journal,
  adminToken,
  logger,
  registry,
  tls,
}: SubstationAppOptions): Express {
  const { substation } = timers;
  const routes = createRouter();

  routes.use(['/charge', '/requests', '/sessions'], requirePeer(tls, ['load_balancer']));

  const charge = chargeOperation(timers, journal);
  routes.post('/charge', jsonHandler(charge));

  routes.post('/requests/lookup', async (request, response) => {
    const lookup = validate(requestLookupSchema, request.body, 'body');
    const fence = substation.lastRejected(lookup.request_id);
    const accepted = substation.lookup(lookup);
    // While the disk fails, no earlier message can be accepted either.
    if (journal.failure === undefined) await journal.flushed().catch(() => {});
    response.json(
      accepted === undefined ? { known: false, ...(fence && { fence }) } : { known: true, answer: accepted },
    );
  });

  routes.get('/status', (_request, response) => {
    response.json(statusOf(substation, timers.now()));
  });

  routes.use(sessionRoutes({ timers, journal, adminToken }));
  routes.use(drainRoutes(timers, adminToken, logger));

  routes.use(indexRoute('substation_service', 'docs'));
  routes.use(
    apiRoutes(async (version) => {
      const { describeSubstation } = await import('./describe-substation.ts');
      return describeSubstation(adminToken !== undefined, version);
    }),
  );

  const notReady = () => (substation.draining ? 'draining' : journal.failure && shortReason(journal.failure));
  // With certificates, the app checks whose request it is.
  const hotRoutes = tls === undefined ? [hotChargeRoute(charge)] : [];
  return createServiceApp({
    service: 'substation_service',
    logger,
    registry,
    routes,
    hotRoutes,
    otherTypes: { '/': 'text/html', ...DOCS_TYPES },
    notReady,
  });
}

function statusOf(substation: Substation, now: number): SubstationStatus {
  const sessions = substation
    .sessions(now)
    .map(({ session_id, vehicle_id, charge_amount, priority, remaining_time }) => [
      session_id,
      { vehicle_id, charge_amount, priority, remaining_time },
    ]);
  return {
    substation_id: substation.id,
    current_load: substation.load,
    max_capacity: substation.capacity,
    utilization_percent: substation.utilization,
    active_sessions: substation.activeSessions,
    // Includes the reserve.
    available_capacity: substation.available('high'),
    draining: substation.draining,
    ...(substation.life === undefined ? {} : { life: substation.life }),
    sessions: Object.fromEntries(sessions),
    timestamp: new Date(now).toISOString(),
  };
}
