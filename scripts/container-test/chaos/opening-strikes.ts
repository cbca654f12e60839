import type { SeededRandom } from '../../../vector-clock-kv-store/src/soak/seeded-random.ts';
import type { Strike } from '../../../vector-clock-kv-store/src/soak/strikes.ts';

/** What happens to containers whatever the seed: later strikes are left to chance, which may leave one out. */
const KINDS = ['kill', 'pause', 'disconnect'] as const;

const FIRST_AFTER_MS = 500;
const EVERY_MS = 1_000;
const LASTING_MS = 2_000;

/** When the last of them is over, and the engine, on a busy machine, has taken it back; in milliseconds. */
export const OPENING_MS = 6_000;

/**
 * One strike of each kind, each on a service of its own, so that none is in another's way.
 *
 * @throws RangeError when there are fewer services than kinds
 */
export function planOpening(services: readonly string[], random: SeededRandom): Strike[] {
  const spared = new Set(services);
  return KINDS.map((kind, index) => {
    const service = random.pick([...spared]);
    spared.delete(service);
    return { kind, nodes: [service], atMs: FIRST_AFTER_MS + index * EVERY_MS, forMs: LASTING_MS };
  });
}

/** The same strikes, by so many milliseconds later. */
export function later(strikes: readonly Strike[], byMs: number): Strike[] {
  return strikes.map((strike) => ({ ...strike, atMs: strike.atMs + byMs }));
}
