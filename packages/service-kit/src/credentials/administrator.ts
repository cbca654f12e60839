import { isIPv4 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { isOfOtherOrigin } from '../browsers/cross-origin.ts';
import { parseHost } from '../browsers/host-names.ts';
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
 * Whether a request comes from this service's own host, from its own page where a browser sends it. Neither a page of a
 * trusted origin counts, nor one whose name only resolves to this host (DNS rebinding): `Host` has to name it.
 */
export function isFromPageOnThisHost(request: Request): boolean {
  if (foreignHeaders.some((name) => name !== 'origin' && request.get(name) !== undefined)) return false;
  const name = parseHost(request.headers.host ?? '')?.name;
  if (name === undefined || (name !== 'localhost' && !isLoopback(name))) return false;
  return !isOfOtherOrigin(request) && isLoopback(request.socket.remoteAddress ?? '');
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
