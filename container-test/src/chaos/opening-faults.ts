import type { InjectedFault, SeededRandom } from '@gridclock/simulation-kit';

/**
 * Faults that every run begins with, because a random schedule may omit a kind.
 *
 * The pause outlasts the 3.3 s for which a balancer retries one substation; it must not turn to another afterwards.
 */
const OPENING = [
  { kind: 'pause', atMs: 1_000, forMs: 3_800 },
  { kind: 'kill', atMs: 5_000, forMs: 2_000 },
  { kind: 'disconnect', atMs: 6_000, forMs: 2_000 },
] as const;

/** When the last opening fault has ended and a busy engine has reverted it, in milliseconds. */
export const OPENING_MS = 9_500;

/**
 * Plans one fault of each kind, each on a different service so that none interferes with another.
 *
 * @throws RangeError if there are fewer services than kinds
 */
export function planOpening(services: readonly string[], random: SeededRandom): InjectedFault[] {
  const unused = new Set(services);
  return OPENING.map((fault) => {
    const service = random.pick([...unused]);
    unused.delete(service);
    return { ...fault, nodes: [service] };
  });
}

/** Moves a schedule to a later time, in milliseconds. */
export function delayFaults(faults: readonly InjectedFault[], byMs: number): InjectedFault[] {
  return faults.map((fault) => ({ ...fault, atMs: fault.atMs + byMs }));
}
