import type { RequestHandler, Response } from 'express';
import { BadRequestError } from '../problems/errors.ts';
import { meantName } from './misspelled.ts';

/** The response header that names the fields of a request that the service does not know and ignored. */
const IGNORED_FIELDS = 'ignored-fields';

/** Of a name, in characters, and of names: a client chooses them. */
const LIMITS = { length: 32, names: 10 };

/** The names that a route knows in a body and in a query. */
export type KnownNames = { body?: readonly string[]; query?: readonly string[] };

/** Checks the names of a client's fields, see `checkFieldNames`. Not for messages between nodes of several releases. */
export function checkNames({ body = [], query = [] }: KnownNames): RequestHandler {
  return (request, response, next) => {
    const given: unknown = request.body;
    if (typeof given === 'object' && given !== null && !Array.isArray(given))
      checkFieldNames(given, body, response);
    if (request.url.includes('?')) checkFieldNames(request.query, query, response);
    next();
  };
}

/** Reports whether a body is an object with no other names: one that `checkNames` lets pass without a header. */
export function hasOnlyNames(body: unknown, known: ReadonlySet<string>): body is object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  for (const name of Object.keys(body)) if (!known.has(name)) return false;
  return true;
}

/**
 * Checks a client's fields for names that a route does not know. One that was probably meant to be another is an
 * error, because an optional field would silently keep its default. Any other is ignored, as clients of other
 * implementations expect, and named in the response header `Ignored-Fields`.
 *
 * @param known the names that the route knows
 * @throws BadRequestError naming the misspelled field
 */
function checkFieldNames(given: object, known: readonly string[], response: Response): void {
  const names = Object.keys(given);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const missing = known.filter((name) => !names.includes(name));
  // Of a made-up body with a million names, a few suffice.
  const shown = unknown.slice(0, LIMITS.names);
  for (const name of shown) {
    const meant = meantName(name, missing);
    if (meant !== undefined)
      throw new BadRequestError(name.slice(0, LIMITS.length), `is not known; did you mean ${meant}?`);
  }
  // A lone surrogate, as at a cut, has no encoding.
  const listed = shown.map((name) =>
    encodeURIComponent(Buffer.from(name.slice(0, LIMITS.length)).toString()),
  );
  response.append(IGNORED_FIELDS, [...listed, ...(unknown.length > shown.length ? ['...'] : [])].join(', '));
}
