import { isIPv4 } from 'node:net';
import { createRouter, HttpError, type Logger, requireBearerToken, type Token } from '@gridclock/service-kit';
import type { Request, RequestHandler, Router } from 'express';
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

  routes.use(
    '/drain',
    adminToken === undefined ? requireLoopback : requireBearerToken(adminToken, 'admin token'),
  );

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

/**
 * Headers of requests that come from elsewhere through this host: a proxy adds the first ones, and a browser the
 * last one to any page's request.
 */
const foreignHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'origin'];

/** Only the connection's own address counts: clients can write `X-Forwarded-For`. */
const requireLoopback: RequestHandler = (request, _response, next) => {
  if (!isLoopback(request)) {
    throw new HttpError(403, 'Forbidden', {
      reason:
        'Without ADMIN_TOKEN, only a client on the same host may do this. Set ADMIN_TOKEN, and send it as Authorization: Bearer <token>.',
    });
  }
  next();
};

function isLoopback(request: Request): boolean {
  if (foreignHeaders.some((name) => request.get(name) !== undefined)) return false;
  const address = request.socket.remoteAddress ?? '';
  // A socket that listens on IPv6 too reports IPv4 addresses as ::ffff:127.0.0.1.
  const ipv4 = address.replace(/^::ffff:/i, '');
  return address === '::1' || (isIPv4(ipv4) && ipv4.startsWith('127.'));
}
