import { randomBytes } from 'node:crypto';

/** Returns 16 hexadecimal digits that no other file has. */
export function randomId(): string {
  return randomBytes(8).toString('hex');
}
