import { shortReason, type TableJournal } from '@gridclock/durable-tables';
import {
  type ChargeAccepted,
  DEADLINE_EXCEEDED,
  DEADLINE_HEADER,
  DRAINING,
  REPLAYED_HEADER,
  REQUEST_ID_REUSED,
  requestLookupSchema,
  SUPERSEDED,
  type SubstationChargeRequest,
  type SubstationStatus,
  substationChargeRequestSchema,
} from '@gridclock/grid-protocol';
import {
  createRouter,
  createServiceApp,
  credentialHash,
  HttpError,
  type Logger,
  remainingMs,
  requirePeer,
  type ServiceTls,
  type Token,
  validate,
} from '@gridclock/service-kit';
import type { Express, Request, Response } from 'express';
import type { Registry } from 'prom-client';
import type { ChargeDecision } from './charge-decision.ts';
import { drainRoutes } from './drain-routes.ts';
import { sessionRoutes, storageUnavailable } from './session-routes.ts';
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

  routes.post('/charge', async (request, response) => {
    const message = validate(substationChargeRequestSchema, request.body, 'body');
    const charge = isFromClient(message) ? withCredential(message, request) : message;
    const leftMs = remainingMs(request, response, DEADLINE_HEADER) ?? Number.POSITIVE_INFINITY;
    // The sender has given up or left, so that no one would hear of a new session.
    if ((leftMs <= 0 || response.closed) && !isKnown(substation, charge)) {
      if (journal.failure === undefined) await journal.flushed().catch(() => {});
      response.status(503).json({ error: DEADLINE_EXCEEDED, substation_id: substation.id });
      return;
    }
    const decision = timers.charge(charge);
    try {
      // While the disk fails, nothing is accepted, and what is answered was stored before.
      if (journal.failure === undefined) await journal.flushed();
    } catch (error) {
      if (decision.kind === 'accepted') timers.withdraw(decision.response.session_id);
      throw storageUnavailable(error);
    }
    if (decision.kind === 'conflict' && isFromClient(charge)) throw requestIdReused(422);
    sendDecision(response, substation, decision, journal);
  });

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

  const notReady = () => (substation.draining ? 'draining' : journal.failure && shortReason(journal.failure));
  return createServiceApp({ service: 'substation_service', logger, registry, routes, notReady });
}

/** Whether the request was accepted before. If not, rejects this and all earlier messages about it from now on. */
function isKnown(substation: Substation, { request_id, dispatch }: SubstationChargeRequest): boolean {
  if (request_id === undefined || dispatch === undefined) return false;
  return substation.lookup({ request_id, dispatch }) !== undefined;
}

/** A balancer numbers its messages. */
function isFromClient({ dispatch }: SubstationChargeRequest): boolean {
  return dispatch === undefined;
}

/** Adds what stands for the credential of the client that chose the request_id. */
function withCredential(
  { credential: _, ...charge }: SubstationChargeRequest,
  request: Request,
): SubstationChargeRequest {
  const credential = charge.request_id === undefined ? undefined : credentialHash(request, charge.request_id);
  return credential === undefined ? charge : { ...charge, credential };
}

function requestIdReused(status: number): HttpError {
  return new HttpError(status, REQUEST_ID_REUSED, { code: 'idempotency_key_reused', field: 'request_id' });
}

function sendDecision(
  response: Response,
  substation: Substation,
  decision: ChargeDecision,
  { failure }: Pick<TableJournal, 'failure'>,
): void {
  switch (decision.kind) {
    case 'accepted':
      response.json(withSecret(decision));
      return;
    case 'replayed':
      response.set(REPLAYED_HEADER, 'true').json(withSecret(decision));
      return;
    case 'full':
      // Not thrown: a full substation is normal, and every thrown 5xx logs a line.
      response.status(503).json(decision.refusal);
      return;
    case 'draining':
      response.status(503).json({ error: DRAINING, substation_id: substation.id });
      return;
    case 'unstorable':
      throw storageUnavailable(failure);
    case 'conflict':
      // What balancers of earlier releases expect.
      throw requestIdReused(409);
    case 'superseded':
      throw new HttpError(409, SUPERSEDED);
  }
}

function withSecret({
  response,
  secret,
}: {
  response: ChargeAccepted;
  secret?: string | undefined;
}): ChargeAccepted {
  return secret === undefined ? response : { ...response, session_secret: secret };
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
