import {
  DRAINING,
  REPLAYED_HEADER,
  requestLookupSchema,
  SUPERSEDED,
  type SubstationStatus,
  substationChargeRequestSchema,
} from '@gridclock/grid-protocol';
import {
  BadRequestError,
  createServiceApp,
  HttpError,
  type Logger,
  requireBearerToken,
  validate,
} from '@gridclock/service-kit';
import { type Express, type Response, Router } from 'express';
import type { Registry } from 'prom-client';
import type { SessionTimers } from './session-timers.ts';
import type { ChargeDecision, Substation } from './substation.ts';

export type SubstationAppOptions = {
  timers: SessionTimers;
  /** Required for `POST /drain`. If undefined, any client may drain the substation. */
  adminToken?: string | undefined;
  logger: Logger;
  registry: Registry;
};

/** The substation's routes. */
export function createApp({ timers, adminToken, logger, registry }: SubstationAppOptions): Express {
  const { substation } = timers;
  const routes = Router();

  routes.post('/charge', (request, response) => {
    const charge = validate(substationChargeRequestSchema, request.body, 'body');
    sendDecision(response, substation, timers.charge(charge));
  });

  routes.post('/requests/lookup', (request, response) => {
    const accepted = substation.lookup(validate(requestLookupSchema, request.body, 'body'));
    response.json(accepted === undefined ? { known: false } : { known: true, answer: accepted });
  });

  routes.get('/status', (_request, response) => {
    response.json(statusOf(substation, timers.now()));
  });

  routes.get('/sessions', (_request, response) => {
    response.json({ substation_id: substation.id, sessions: substation.sessions(timers.now()) });
  });

  routes.get('/sessions/:id', (request, response) => {
    response.json(substation.session(request.params.id, timers.now()) ?? noSuchSession(request.params.id));
  });

  routes.delete('/sessions/:id', (request, response) => {
    const session = timers.stop(request.params.id) ?? noSuchSession(request.params.id);
    response.json({
      status: 'stopped',
      ...session,
      current_load: substation.load,
      max_capacity: substation.capacity,
    });
  });

  if (adminToken !== undefined) routes.use('/drain', requireBearerToken(adminToken, 'admin token'));
  routes.post('/drain', (_request, response) => {
    substation.drain();
    logger.info({ sessions: substation.activeSessions }, 'draining');
    response.status(202).json({
      status: 'draining',
      substation_id: substation.id,
      active_sessions: substation.activeSessions,
    });
  });

  const notReady = () => (substation.draining ? 'draining' : undefined);
  return createServiceApp({ service: 'substation_service', logger, registry, routes, notReady });
}

function sendDecision(response: Response, substation: Substation, decision: ChargeDecision): void {
  switch (decision.kind) {
    case 'accepted':
      response.json(decision.response);
      return;
    case 'replayed':
      response.set(REPLAYED_HEADER, 'true').json(decision.response);
      return;
    case 'full':
      // Not thrown: a full substation is normal, and every thrown 5xx logs a line.
      response.status(503).json(decision.refusal);
      return;
    case 'draining':
      response.status(503).json({ error: DRAINING, substation_id: substation.id });
      return;
    case 'conflict':
      throw new BadRequestError('request_id', 'was used before for a different request', 409);
    case 'superseded':
      throw new HttpError(409, SUPERSEDED);
  }
}

function noSuchSession(sessionId: string): never {
  throw new HttpError(404, 'No such session', { session_id: sessionId });
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
    sessions: Object.fromEntries(sessions),
    timestamp: new Date(now).toISOString(),
  };
}
