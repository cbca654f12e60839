import type { KeyVersions } from './storage.ts';

/** Iterates over stored keys, with the newer versions that some have in memory, and then over those in memory only. */
export function* overlayKeys(
  stored: Iterable<KeyVersions>,
  newer: Iterable<KeyVersions>,
): Generator<KeyVersions> {
  const left = new Map(newer);
  for (const [key, versions] of stored) {
    yield [key, left.get(key) ?? versions];
    left.delete(key);
  }
  yield* left;
}
