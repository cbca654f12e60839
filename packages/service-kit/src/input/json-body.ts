import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { digestOf } from '../credentials/token-mac.ts';
import { EventLoopTurns } from '../pacing/event-loop-turns.ts';
import { BadRequestError } from '../problems/errors.ts';
import { keepItems } from './item-texts.ts';
import { scanJson } from './json-text.ts';
import { rawJson } from './raw-body.ts';
import { countMembers, findRepeatedMember } from './repeated-member.ts';

/** 64 KiB: parsing takes up to 0.2 ms per KiB, so a few smaller bodies delay other requests by milliseconds only. */
const LARGE_BODY_BYTES = 64 * 1024;

/** 10,000: no service accepts as much, and parsing a megabyte of brackets takes a quarter of a second. */
const MAX_DEPTH = 10_000;

/** 200 characters: enough to recognize a field; clients choose its name. */
const FIELD_LENGTH = 200;

/** A number that a double cannot keep, as it was sent, and the outermost member that holds it. */
type InexactNumber = { field: string; number: string };

const inexactNumbers = new WeakMap<IncomingMessage, InexactNumber>();

/** Of the bodies of signed requests. */
const digests = new WeakMap<IncomingMessage, string>();

/**
 * Parses a JSON object or array into `request.body`.
 *
 * Refuses what parsers read differently: bytes that are not UTF-8, which decoding replaces, so that two different keys
 * become one, and repeated names in an object, of which each parser keeps another. Large bodies are parsed one per
 * turn of the event loop, so that other requests are served between them.
 *
 * @param limitBytes the maximum size of the body
 */
export function jsonBody(limitBytes: number): RequestHandler[] {
  const turns = new EventLoopTurns();
  const read = rawJson(limitBytes);
  const parse: RequestHandler = (request, response, next) => {
    const { body } = request;
    if (!Buffer.isBuffer(body)) {
      next();
      return;
    }
    if (isSigned(request)) digests.set(request, digestOf(body));
    checkCharset(request.headers['content-type']);
    if (body.length <= LARGE_BODY_BYTES) {
      request.body = parseBody(body, request);
      next();
      return;
    }
    return turns.next().then(() => {
      // The client left meanwhile: nobody waits for the response.
      if (response.closed) return;
      request.body = parseBody(body, request);
      next();
    });
  };
  return [read, parse];
}

/**
 * Returns a number of the request's body that a double cannot keep, as it was sent; a long one is cut. Numbers beyond
 * the range of doubles are left out: they parse to Infinity.
 */
export function inexactNumberOf(request: IncomingMessage): InexactNumber | undefined {
  return inexactNumbers.get(request);
}

/** Returns the digest of a signed request's body as it was sent: one with an authorization that is no mere token. */
export function bodyDigestOf(request: IncomingMessage): string {
  return digests.get(request) ?? digestOf('');
}

function isSigned({ headers: { authorization } }: IncomingMessage): boolean {
  return authorization !== undefined && !/^Bearer /i.test(authorization);
}

/** JSON between systems is UTF-8 (RFC 8259). */
function checkCharset(contentType = ''): void {
  if (contentType === 'application/json') return;
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType) ?? [];
  if (charset.toLowerCase() !== 'utf-8')
    throw new BadRequestError('body', 'has an unsupported encoding; send UTF-8', 415);
}

function parseBody(bytes: Buffer, request: IncomingMessage): unknown {
  const { inexact, value } = parseJson(bytes);
  if (inexact !== undefined) inexactNumbers.set(request, inexact);
  return value;
}

/** Parses a body as `jsonBody` does; undefined if it has a number that a double cannot keep. */
export function parseExactJson(bytes: Buffer): unknown {
  const { inexact, value } = parseJson(bytes);
  return inexact === undefined ? value : undefined;
}

function parseJson(bytes: Buffer): { value: unknown; inexact: InexactNumber | undefined } {
  if (bytes.length === 0) return { value: {}, inexact: undefined };
  const { depth, inexactMember, inexactNumber, list, members } = scanJson(bytes);
  if (depth > MAX_DEPTH) throw new BadRequestError('body', `is nested more than ${MAX_DEPTH} levels deep`);
  const text = decode(bytes);
  const value: object = parseText(text);
  if (members !== countMembers(value)) {
    const name = findRepeatedMember(text);
    if (name !== undefined) throw new BadRequestError(name.slice(0, FIELD_LENGTH), 'is given twice');
  }
  if (inexactNumber !== undefined)
    return { value, inexact: { field: inexactMember.slice(0, FIELD_LENGTH), number: inexactNumber } };
  // Otherwise the ends, which are counted in bytes, are not those in the text.
  if (text.length === bytes.length) keepItems(value, text, list);
  return { value, inexact: undefined };
}

/** To create one takes as long as to decode a small body. */
const decoder = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BadRequestError('body', 'is not valid UTF-8');
  }
}

function parseText(text: string): object {
  try {
    // Only objects and arrays: a service has no use for a lone value.
    if (/^\s*[[{]/.test(text)) return JSON.parse(text);
  } catch {}
  throw new BadRequestError('body', 'is not valid JSON; send an object, such as {"key":"value"}');
}
