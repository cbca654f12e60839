import { SESSION_INTERRUPTED, SESSION_SECRET_REQUIRED, sessionSecretSchema } from '@gridclock/grid-protocol';
import {
  bearerOf,
  createRouter,
  HttpError,
  requireAdministrator,
  Token,
  UnavailableError,
} from '@gridclock/service-kit';
import type { Request, Router } from 'express';
import type { SessionCaller, SessionLocator, SessionLookup } from '../sessions/session-locator.ts';

/**
 * `GET /sessions` for the administrator, and `GET /sessions/:id`, `DELETE /sessions/:id` for the session's holder
 * and the administrator.
 */
export function sessionRoutes(locator: SessionLocator, adminToken: string | Token | undefined): Router {
  const routes = createRouter();

  const callerOf = (request: Request): SessionCaller => {
    const bearer = bearerOf(request);
    if (bearer !== undefined && adminToken !== undefined && Token.from(adminToken).accepts(bearer))
      return { isAdministrator: true };
    // Nothing else goes to the substations: it could be a token for another service.
    return { secret: sessionSecretSchema.safeParse(bearer).data };
  };

  routes.get('/sessions', requireAdministrator(adminToken), async (_request, response) => {
    const { sessions, unreachable } = await locator.list();
    response.json({ sessions, unreachable_substations: unreachable });
  });

  routes.get('/sessions/:id', async (request, response) => {
    const { id } = request.params;
    response.json(bodyOf(await locator.find(id, callerOf(request)), id));
  });

  routes.delete('/sessions/:id', async (request, response) => {
    const { id } = request.params;
    response.json(bodyOf(await locator.stop(id, callerOf(request)), id));
  });

  return routes;
}

/**
 * @throws HttpError 401 without the session's secret, 404 when there is no such session, 410 when its substation lost
 *   it, 503 when its substation does not respond
 */
function bodyOf(lookup: SessionLookup, sessionId: string): Record<string, unknown> {
  switch (lookup.kind) {
    case 'found':
      return lookup.body;
    case 'denied':
      throw new HttpError(
        401,
        SESSION_SECRET_REQUIRED,
        { session_id: sessionId },
        { 'WWW-Authenticate': 'Bearer' },
      );
    case 'not-found':
      throw new HttpError(404, 'No such session', {
        session_id: sessionId,
        ...(lookup.state === undefined ? {} : { state: lookup.state }),
      });
    case 'interrupted':
      throw new HttpError(410, SESSION_INTERRUPTED, { session_id: sessionId, state: 'interrupted' });
    case 'unreachable':
      throw new UnavailableError('Substation does not respond', { session_id: sessionId });
  }
}
