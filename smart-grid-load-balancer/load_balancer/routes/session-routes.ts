import { HttpError, UnavailableError } from '@gridclock/service-kit';
import { Router } from 'express';
import type { SessionDesk, SessionFinding } from '../sessions/session-locator.ts';

/** `GET /sessions`, `GET /sessions/:id`, `DELETE /sessions/:id`. */
export function sessionRoutes(desk: SessionDesk): Router {
  const routes = Router();

  routes.get('/sessions', async (_request, response) => {
    const { sessions, silent } = await desk.list();
    response.json({ sessions, unreachable_substations: silent });
  });

  routes.get('/sessions/:id', async (request, response) => {
    response.json(found(await desk.show(request.params.id), request.params.id));
  });

  routes.delete('/sessions/:id', async (request, response) => {
    response.json(found(await desk.stop(request.params.id), request.params.id));
  });

  return routes;
}

/** @throws HttpError 404 when there is no such session, 503 when its substation does not answer */
function found(finding: SessionFinding, sessionId: string): Record<string, unknown> {
  switch (finding.kind) {
    case 'found':
      return finding.body;
    case 'none':
      throw new HttpError(404, 'No such session', { session_id: sessionId });
    case 'silent':
      throw new UnavailableError('Substation does not answer', { session_id: sessionId });
  }
}
