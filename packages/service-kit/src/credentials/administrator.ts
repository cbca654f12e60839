import { isIPv4 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { HttpError } from '../problems/errors.ts';
import { requireBearerToken } from './bearer-token.ts';
import type { Token } from './token.ts';

/** Requires the admin token; without a configured one, a client on this service's own host. */
export function requireAdministrator(token: string | Token | undefined): RequestHandler {
  return token === undefined ? requireThisHost : requireBearerToken(token, 'admin token');
}

/**
 * Headers of requests that come from elsewhere through this host: a proxy adds the first ones, and a browser the
 * last one to any page's request.
 */
const foreignHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'origin'];

const requireThisHost: RequestHandler = (request, _response, next) => {
  if (!isFromThisHost(request)) {
    throw new HttpError(403, 'Forbidden', {
      reason:
        'Without ADMIN_TOKEN, only a client on the same host may do this. Set ADMIN_TOKEN, and send it as Authorization: Bearer <token>.',
    });
  }
  next();
};

/**
 * Whether a request comes from a browser on this service's own host, from the service's own page: the app has refused
 * those of other pages.
 */
export function isFromPageOnThisHost(request: Request): boolean {
  if (foreignHeaders.some((name) => name !== 'origin' && request.get(name) !== undefined)) return false;
  return isLoopback(request.socket.remoteAddress ?? '');
}

/** Only the connection's own address counts: clients can write `X-Forwarded-For`. */
export function isFromThisHost(request: Request): boolean {
  if (foreignHeaders.some((name) => request.get(name) !== undefined)) return false;
  return isLoopback(request.socket.remoteAddress ?? '');
}

function isLoopback(address: string): boolean {
  // A socket that listens on IPv6 too reports IPv4 addresses as ::ffff:127.0.0.1.
  const ipv4 = address.replace(/^::ffff:/i, '');
  return address === '::1' || (isIPv4(ipv4) && ipv4.startsWith('127.'));
}
