import { createHash, createHmac, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Token } from './token.ts';

/** Enough for the tokens of one service, and those that replace them. */
const MAX_KEYS = 8;

const keys = new Map<string, Buffer>();

/**
 * Authenticates a text with a token that sender and receiver know, without revealing the token.
 *
 * @param text begins with a purpose, so that no text for one purpose is valid for another
 */
export function macWith(token: Token, text: string): string {
  return mac(token.sent, text).toString('base64url');
}

/** Whether a text was authenticated with one of the accepted tokens. Takes the same time for every wrong one. */
export function isMacWith(token: Token, text: string, received: string): boolean {
  const bytes = Buffer.from(received, 'base64url');
  let valid = false;
  for (const value of token.accepted) {
    const expected = mac(value, text);
    if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) valid = true;
  }
  return valid;
}

/** SHA-256, for the part of a text that stands for a body. */
export function digestOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url');
}

function mac(value: string, text: string): Buffer {
  return createHmac('sha256', keyOf(value)).update(text).digest();
}

/** Strangers may see what tokens have authenticated: a slow key derivation makes guessing weak tokens expensive. */
function keyOf(value: string): Buffer {
  const known = keys.get(value);
  if (known !== undefined) return known;
  // 16 MiB and about 50 ms, once per token.
  const key = scryptSync(value, 'gridclock token', 32, { N: 16_384, r: 8, p: 1 });
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(value, key);
  return key;
}
