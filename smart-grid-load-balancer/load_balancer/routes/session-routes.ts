import { SESSION_INTERRUPTED } from '@gridclock/grid-protocol';
import { createRouter, HttpError, UnavailableError } from '@gridclock/service-kit';
import type { Router } from 'express';
import type { SessionLocator, SessionLookup } from '../sessions/session-locator.ts';

/** `GET /sessions`, `GET /sessions/:id`, `DELETE /sessions/:id`. */
export function sessionRoutes(locator: SessionLocator): Router {
  const routes = createRouter();

  routes.get('/sessions', async (_request, response) => {
    const { sessions, unreachable } = await locator.list();
    response.json({ sessions, unreachable_substations: unreachable });
  });

  routes.get('/sessions/:id', async (request, response) => {
    const { id } = request.params;
    response.json(bodyOf(await locator.find(id), id));
  });

  routes.delete('/sessions/:id', async (request, response) => {
    const { id } = request.params;
    response.json(bodyOf(await locator.stop(id), id));
  });

  return routes;
}

/** @throws HttpError 404 when there is no such session, 410 when its substation lost it, 503 when its substation does not respond */
function bodyOf(lookup: SessionLookup, sessionId: string): Record<string, unknown> {
  switch (lookup.kind) {
    case 'found':
      return lookup.body;
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
