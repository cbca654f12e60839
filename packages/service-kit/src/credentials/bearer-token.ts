import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpError } from '../problems/errors.ts';
import { Token } from './token.ts';

/**
 * Requires `Authorization: Bearer <token>`; a request without it gets 401.
 *
 * @param name the token's name in the 401
 */
export function requireBearerToken(token: string | Token, name: string): RequestHandler {
  const expected = Token.from(token);
  return (request, _response, next) => {
    const received = bearerOf(request);
    if (received === undefined || !expected.accepts(received)) {
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

/** Returns the bearer token that a request carries. The name of the scheme has no case (RFC 9110). */
export function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(.*)$/i.exec(headers.authorization ?? '')?.[1];
}
