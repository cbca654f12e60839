import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpError } from './errors.ts';

/**
 * Requires `Authorization: Bearer <token>`; a request without it gets 401.
 *
 * @param name the token's name in the 401
 */
export function requireBearerToken(token: string, name: string): RequestHandler {
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    // Compare digests: a constant-time comparison needs inputs of equal length.
    if (!timingSafeEqual(expected, digest(request.get('authorization') ?? ''))) {
      throw new HttpError(
        401,
        `Authorization: the ${name} is required`,
        {},
        { 'WWW-Authenticate': 'Bearer' },
      );
    }
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
