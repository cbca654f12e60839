import type { InjectedFault, SeededRandom } from '@gridclock/simulation-kit';

/**
 * What happens to containers whatever the seed: later strikes are left to chance, which may leave one out. The pause
 * outlasts a balancer's asking of one substation, 3.3 s, after which it must not turn to another.
 */
const OPENING = [
  { kind: 'pause', atMs: 1_000, forMs: 3_800 },
  { kind: 'kill', atMs: 5_000, forMs: 2_000 },
  { kind: 'disconnect', atMs: 6_000, forMs: 2_000 },
] as const;

/** When the last of them is over, and the engine, on a busy machine, has taken it back; in milliseconds. */
export const OPENING_MS = 9_500;

/**
 * One strike of each kind, each on a service of its own, so that none is in another's way.
 *
 * @throws RangeError when there are fewer services than kinds
 */
export function planOpening(services: readonly string[], random: SeededRandom): InjectedFault[] {
  const spared = new Set(services);
  return OPENING.map((strike) => {
    const service = random.pick([...spared]);
    spared.delete(service);
    return { ...strike, nodes: [service] };
  });
}

/** The same strikes, by so many milliseconds later. */
export function later(strikes: readonly InjectedFault[], byMs: number): InjectedFault[] {
  return strikes.map((strike) => ({ ...strike, atMs: strike.atMs + byMs }));
}
