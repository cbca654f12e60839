import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpError } from './errors.ts';

/**
 * Lets a request pass only with `Authorization: Bearer <token>`; any other gets 401.
 *
 * @param name what the 401 calls the token
 */
export function requireBearerToken(token: string, name: string): RequestHandler {
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    // Digests, because a comparison that takes the same time for every guess needs equal lengths.
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
