import { createHash } from 'node:crypto';
import type { Request } from 'express';

/**
 * Returns what stands for the credential of a request, or undefined if it has none: a hash, from which it cannot be
 * read, and by which nobody can tell that two keys belong to one client.
 *
 * @param key what the credential is kept with, such as an idempotency key
 */
export function credentialHash(request: Request, key: string): string | undefined {
  const credential = request.get('authorization');
  if (credential === undefined || credential === '') return undefined;
  return createHash('sha256').update(`${key}\n${credential}`).digest('hex');
}
