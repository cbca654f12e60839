import type { Express, Request, RequestHandler } from 'express';
import type { RequestCheck } from '../input/check-request.ts';
import { BadRequestError, HttpError } from '../problems/errors.ts';
import { allowedMethods } from './allowed-methods.ts';

/** 8 KiB: what RFC 9110 recommends to support; no URL of the grid comes near it. */
export const DEFAULT_URL_LIMIT_BYTES = 8 * 1024;

/** Refuses longer URLs than a route can need (414). */
export function limitUrl(bytes: number): RequestCheck {
  return ({ url }) => {
    if (url.length > bytes) throw new BadRequestError('url', 'is too long', 414, { limit_bytes: bytes });
  };
}

/** Answers OPTIONS with 204 and `Allow`. It grants nothing to pages of other origins. */
export function answerOptions(app: Express): RequestHandler {
  return (request, response, next) => {
    const allowed = request.method === 'OPTIONS' ? allowedMethods(app, request.path) : [];
    if (allowed.length === 0) next();
    else response.status(204).set('Allow', allowed.join(', ')).end();
  };
}

/** Answers what no route has: 405 with `Allow` for a known path, otherwise 404. */
export function refuseUnrouted(app: Express): RequestHandler {
  return (request) => {
    throw unrouted(request, allowedMethods(app, request.path));
  };
}

/** 100: all services have fewer routes that take a body. */
const ROUTES_REMEMBERED = 100;

/** Refuses a request with a body that no route has before the body is read. */
export function refuseUnroutedBody(app: Express): RequestCheck {
  // Walking the routers takes a few microseconds.
  const routed = new Set<string>();
  return (request) => {
    if (!hasBody(request)) return;
    const { method, path } = request;
    const route = `${method} ${path}`;
    if (routed.has(route)) return;
    const allowed = allowedMethods(app, path);
    if (!allowed.includes(method)) throw unrouted(request, allowed);
    if (routed.size < ROUTES_REMEMBERED) routed.add(route);
  };
}

function unrouted({ method, path }: Request, allowed: readonly string[]): HttpError {
  const where = { method, path };
  if (allowed.length === 0) return new HttpError(404, 'Not found', where);
  return new HttpError(405, 'Method not allowed', { ...where, allowed }, { Allow: allowed.join(', ') });
}

/** 100: clients send few different ones. */
const ACCEPTS_REMEMBERED = 100;

/**
 * Refuses a client that accepts no JSON (406), before its request changes anything.
 *
 * @param otherTypes the media types of paths that respond with another one, or with JSON
 */
export function requireJsonAccepted(otherTypes: Readonly<Record<string, string>>): RequestCheck {
  const acceptingJson = new Set<string>();
  return (request) => {
    const { accept } = request.headers;
    // A header without any media range says nothing.
    if (accept?.includes('/') && !acceptingJson.has(accept)) {
      const other = Object.hasOwn(otherTypes, request.path) ? otherTypes[request.path] : undefined;
      const offered = [
        'application/json',
        'application/problem+json',
        ...(other === undefined ? [] : [other]),
      ];
      if (!request.accepts(offered))
        throw new BadRequestError('Accept', `must allow ${other ?? 'application/json'}`, 406);
      if (other === undefined && acceptingJson.size < ACCEPTS_REMEMBERED) acceptingJson.add(accept);
    }
  };
}

/** Refuses a body that is not JSON by its content type (415), which a browser's form cannot send. */
export const requireJsonBody: RequestCheck = (request) => {
  const isRead = request.method !== 'GET' && request.method !== 'HEAD';
  if (isRead && hasBody(request) && !isJson(request))
    throw new BadRequestError(
      'body',
      'must be a JSON object, sent as application/json',
      415,
      {},
      { Accept: 'application/json' },
    );
};

/** Whether a request's content type is JSON. Nearly all clients send it in the shortest form. */
function isJson(request: Request): boolean {
  return request.headers['content-type'] === 'application/json' || request.is('application/json') !== false;
}

/** Whether a request has a body, which may still be empty if its length is not announced. */
export function hasBody(request: Request): boolean {
  if (request.get('transfer-encoding') !== undefined) return true;
  return Number(request.get('content-length') ?? 0) > 0;
}
