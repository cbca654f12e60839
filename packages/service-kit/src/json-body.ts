import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';

/** Bodies that hold an integer long enough to be inexact: few, so that they are scanned only where it matters. */
const suspectBodies = new WeakMap<IncomingMessage, Buffer>();

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
      // 2^53 has 16 digits: shorter integers are exact.
      if (/\d{16}/.test(bytes.toString('latin1'))) suspectBodies.set(request, bytes);
    },
  });
}

/**
 * Returns an integer of the request's body that parsing changed to another number, as it was sent. Takes time linear
 * in the body. Integers beyond the range of doubles are left out: they parse to Infinity.
 */
export function inexactIntegerOf(request: IncomingMessage): string | undefined {
  const body = suspectBodies.get(request);
  if (body === undefined) return undefined;
  for (const integer of integersOf(body.toString('latin1'))) {
    if (integer.length >= 16 && integer.length <= 309 && isInexact(integer)) return integer;
  }
  return undefined;
}

function isInexact(integer: string): boolean {
  const parsed = Number(integer);
  return Number.isFinite(parsed) && BigInt(integer) !== BigInt(parsed);
}

/** Yields the integers of a valid JSON text. Not a regular expression for strings: long ones exhaust its stack. */
function* integersOf(json: string): Iterable<string> {
  const number = /[-+.\deE]+/y;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '"') {
      for (at++; at < json.length && json.charAt(at) !== '"'; at++) if (json.charAt(at) === '\\') at++;
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      number.lastIndex = at;
      const [token = ''] = number.exec(json) ?? [];
      if (/^-?\d+$/.test(token)) yield token;
      at += token.length - 1;
    }
  }
}
