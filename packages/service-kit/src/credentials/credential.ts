import { createHash } from 'node:crypto';

/**
 * Returns what stands for the credential of a request, or undefined if it has none: a hash, from which it cannot be
 * read, and by which nobody can tell that two keys belong to one client.
 *
 * @param authorization the request's header
 * @param key what the credential is kept with, such as an idempotency key
 */
export function credentialHash(authorization: string | undefined, key: string): string | undefined {
  if (authorization === undefined || authorization === '') return undefined;
  return createHash('sha256').update(`${key}\n${authorization}`).digest('hex');
}
