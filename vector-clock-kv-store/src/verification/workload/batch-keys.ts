import type { SeededRandom } from '@gridclock/simulation-kit';

/** Draws the keys of a batch of 2 to 20 writes. One key may be written several times. */
export function batchKeys(keys: readonly string[], random: SeededRandom): string[] {
  return Array.from({ length: random.integer(2, 20) }, () => random.pick(keys));
}
