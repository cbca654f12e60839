import { randomUUID } from 'node:crypto';
import {
  chargeRequestSchema,
  type IdentifiedChargeRequest,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
  requestHistorySchema,
} from '@gridclock/grid-protocol';
import { createServiceApp, type Logger, validate } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type Express, type Request, type RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import type { BalancerMetrics } from './balancer-metrics.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { GridView } from './fleet/grid-view.ts';
import { adminRoutes } from './routes/admin-routes.ts';
import { answerPlacement } from './routes/answer-placement.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { statusOf } from './routes/status.ts';
import type { WaitingRoom } from './routing/admission-queue.ts';
import type { Dispatcher } from './routing/dispatch.ts';
import type { OncePerRequest } from './routing/request-deduplicator.ts';
import type { SessionDesk } from './sessions/session-locator.ts';

export type BalancerAppOptions = {
  fleet: Fleet;
  view: GridView;
  dispatcher: Dispatcher;
  oncePerRequest: OncePerRequest;
  sessionDesk: SessionDesk;
  waitingRoom: WaitingRoom;
  /** Needed to add and remove substations; undefined: nobody may. */
  adminToken: string | undefined;
  metrics: BalancerMetrics;
  policyName: string;
  /** Why requests cannot be routed yet, or undefined when they can. */
  notReady: () => string | undefined;
  clock: Scheduler;
  logger: Logger;
  registry: Registry;
};

/** The balancer's routes. */
export function createApp(options: BalancerAppOptions): Express {
  const { clock, dispatcher, fleet, logger, metrics, notReady, oncePerRequest, registry, view } = options;
  const { adminToken, policyName, sessionDesk, waitingRoom } = options;
  const routes = Router();

  const route: RequestHandler = async (request, response) => {
    const charge = validate(chargeRequestSchema, request.body, 'body');
    const history = historyOf(request, charge.request_id);
    const identified: IdentifiedChargeRequest = { ...charge, request_id: charge.request_id ?? randomUUID() };
    const { charge_amount: amount, priority } = identified;
    // While it waited, it may have been sent to another balancer, unless its sender alone knows the id and still listens.
    const afterWaiting = () => (history === 'new' && !response.closed ? 'new' : 'repeated');
    const placement = await oncePerRequest.run(identified, (openAt) =>
      waitingRoom.enter({
        priority,
        fitsEmpty: () => view.hasRoomWhenEmpty(amount, priority, clock.now()),
        fits: () => view.hasRoom(amount, priority, clock.now()),
        recall:
          openAt !== undefined || history === 'repeated'
            ? () => dispatcher.recall(identified, history, openAt)
            : undefined,
        place: (waited) => dispatcher.place(identified, waited ? afterWaiting() : history, openAt),
      }),
    );
    metrics.answered(placement);
    if (placement.kind === 'unknown' || placement.kind === 'unavailable')
      logger.warn({ request_id: identified.request_id, ...placement }, 'request not placed');
    answerPlacement(response, placement, identified.request_id);
  };
  routes.post('/route_charge', route);
  routes.post('/assign_substation', route);

  routes.use(sessionRoutes(sessionDesk));
  routes.use(adminRoutes(fleet, adminToken));

  routes.get('/status', (_request, response) => {
    response.json(statusOf(fleet, view, policyName, clock.now(), new Date().toISOString()));
  });

  return createServiceApp({ service: 'load_balancer', logger, registry, routes, notReady });
}

/** Without an id there is nothing to remember; with one and no word about it, it may have been used before. */
function historyOf(request: Request, requestId: string | undefined): RequestHistory {
  if (requestId === undefined) return 'new';
  const told = requestHistorySchema.safeParse(request.get(REQUEST_HISTORY_HEADER));
  return told.success ? told.data : 'repeated';
}
