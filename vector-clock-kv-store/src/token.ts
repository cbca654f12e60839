import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpError } from '@gridclock/service-kit';
import type { RequestHandler } from 'express';

/** Lets a request pass only with `Authorization: Bearer <token>`; every request when there is no token. */
export function requireToken(token: string | undefined): RequestHandler {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  return (request, _response, next) => {
    // Digests have one length, which a comparison in constant time needs.
    if (expected !== undefined && !timingSafeEqual(expected, digest(request.headers.authorization ?? ''))) {
      throw new HttpError(401, 'This route needs the cluster token', {}, { 'WWW-Authenticate': 'Bearer' });
    }
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
