import {
  createRouter,
  HttpError,
  type Logger,
  requireAdministrator,
  type Token,
} from '@gridclock/service-kit';
import type { Router } from 'express';
import type { SessionTimers } from './session-timers.ts';

/**
 * `POST /drain` stops accepting sessions, `DELETE /drain` accepts them again. Running sessions continue.
 *
 * @param adminToken required by both; if undefined, only clients on this host may call them
 */
export function drainRoutes(
  timers: SessionTimers,
  adminToken: string | Token | undefined,
  logger: Logger,
): Router {
  const { substation } = timers;
  const routes = createRouter();
  const state = () => ({
    status: substation.draining ? 'draining' : 'accepting',
    substation_id: substation.id,
    active_sessions: substation.activeSessions,
  });

  routes.use('/drain', requireAdministrator(adminToken));

  routes.post('/drain', (_request, response) => {
    substation.drain();
    logger.info({ sessions: substation.activeSessions }, 'draining');
    response.status(202).json(state());
  });

  routes.delete('/drain', (_request, response) => {
    if (timers.stopping)
      throw new HttpError(409, 'Stopping', { reason: 'The process is about to exit. Start it again.' });
    if (substation.draining) logger.info({ sessions: substation.activeSessions }, 'accepting sessions again');
    substation.resume();
    response.json(state());
  });

  return routes;
}
