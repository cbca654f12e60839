import { StorageFailedError, type TableJournal } from '@gridclock/durable-tables';
import {
  managingSessionsOf,
  SESSION_INTERRUPTED,
  SESSION_SECRET_REQUIRED,
  STORAGE_UNAVAILABLE,
} from '@gridclock/grid-protocol';
import {
  bearerOf,
  createRouter,
  HttpError,
  requireAdministrator,
  Token,
  UnavailableError,
} from '@gridclock/service-kit';
import type { Request, RequestHandler, Router } from 'express';
import type { SessionTimers } from './session-timers.ts';
import type { Substation } from './substation.ts';

export type SessionRoutesOptions = {
  timers: SessionTimers;
  journal: Pick<TableJournal, 'flushed' | 'failure'>;
  adminToken?: string | Token | undefined;
};

/**
 * `GET /sessions` for the administrator, and `GET /sessions/:id`, `DELETE /sessions/:id` for the session's holder
 * and the administrator.
 */
export function sessionRoutes({ timers, journal, adminToken }: SessionRoutesOptions): Router {
  const { substation } = timers;
  const routes = createRouter();
  // A balancer that may not know the admin token's receiver sends a token derived from it.
  const isManager = (request: Request) => {
    const bearer = bearerOf(request);
    if (adminToken === undefined || bearer === undefined) return false;
    const token = Token.from(adminToken);
    const derived = substation.life === undefined ? token : token.derive(managingSessionsOf(substation.life));
    return token.accepts(bearer) || derived.accepts(bearer);
  };
  const requireAdmin = requireAdministrator(adminToken);
  const requireManager: RequestHandler = (request, response, next) =>
    isManager(request) ? next() : requireAdmin(request, response, next);
  const requireHolder: RequestHandler<{ id: string }> = (request, _response, next) => {
    const { id } = request.params;
    if (!timers.accepts(id, bearerOf(request)) && !isManager(request)) {
      const details = { session_id: id };
      throw new HttpError(401, SESSION_SECRET_REQUIRED, details, { 'WWW-Authenticate': 'Bearer' });
    }
    next();
  };

  routes.get('/sessions', requireManager, (_request, response) => {
    response.json({ substation_id: substation.id, sessions: substation.sessions(timers.now()) });
  });

  routes.get('/sessions/:id', requireHolder, (request, response) => {
    const { id } = request.params;
    response.json(substation.session(id, timers.now()) ?? noSuchSession(substation, id));
  });

  routes.delete('/sessions/:id', requireHolder, async (request, response) => {
    if (journal.failure !== undefined) throw storageUnavailable(journal.failure);
    const { id } = request.params;
    const session = timers.stop(id) ?? noSuchSession(substation, id);
    await journal.flushed().catch((error: unknown) => {
      throw storageUnavailable(error);
    });
    response.json({
      status: 'stopped',
      ...session,
      current_load: substation.load,
      max_capacity: substation.capacity,
    });
  });

  return routes;
}

/** @throws HttpError 410 for an interrupted session, otherwise 404, with `state` for a finished one */
function noSuchSession(substation: Substation, sessionId: string): never {
  const state = substation.endOf(sessionId);
  const details = { session_id: sessionId, ...(state === undefined ? {} : { state }) };
  if (state === 'interrupted') throw new HttpError(410, SESSION_INTERRUPTED, details);
  throw new HttpError(404, 'No such session', details);
}

/** Maps an error of the journal to a 503. */
export function storageUnavailable(error: unknown): unknown {
  if (error !== undefined && !(error instanceof StorageFailedError)) return error;
  return new UnavailableError(STORAGE_UNAVAILABLE, { reason: 'The disk takes no changes.' });
}
