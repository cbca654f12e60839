import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';

const inexactIntegers = new WeakMap<IncomingMessage, string>();

/**
 * Parses a JSON object or array into `request.body`.
 *
 * Bytes that are not UTF-8 are an error (`entity.verify.failed`): decoding would replace them, so that two
 * different keys become one.
 *
 * @param limitBytes the maximum size of the body
 */
export function jsonBody(limitBytes: number): RequestHandler {
  return express.json({
    limit: limitBytes,
    strict: true,
    verify(request, _response, bytes, encoding) {
      if (encoding.toLowerCase() === 'utf-8' && !isUtf8(bytes)) throw new Error('the body is not UTF-8');
      const inexact = findInexactInteger(bytes.toString());
      if (inexact !== undefined) inexactIntegers.set(request, inexact);
    },
  });
}

/** Returns an integer of the request's body that became another number when it was parsed, as it was sent. */
export function inexactIntegerOf(request: IncomingMessage): string | undefined {
  return inexactIntegers.get(request);
}

/** Strings, so that digits in them do not count, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function findInexactInteger(json: string): string | undefined {
  // 2^53 has 16 digits: shorter integers are exact.
  if (!/\d{16}/.test(json)) return undefined;
  for (const [token] of json.matchAll(tokens)) {
    if (/^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(Number(token))) return token;
  }
  return undefined;
}
