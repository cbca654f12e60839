import { counterOf, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';

/** Returns the writes that at least one of the members has. */
export function reachableClock(members: readonly Pick<Heartbeat, 'clock'>[]): VectorClock {
  return members.reduce<VectorClock>((all, { clock }) => merge(all, clock), zeroClock);
}

/**
 * Reports whether the members' logs cannot bring every write that they have: some writes are pruned from the log of
 * every member that has them. Only a snapshot brings those.
 *
 * @param clock the writes here
 */
export function needsSnapshot(
  clock: VectorClock,
  members: readonly Pick<Heartbeat, 'clock' | 'pruned'>[],
): boolean {
  return Object.keys(reachableClock(members)).some((origin) => {
    const counter = counterOf(clock, origin);
    const ahead = members.filter((member) => counterOf(member.clock, origin) > counter);
    return ahead.length > 0 && ahead.every(({ pruned }) => counterOf(pruned, origin) > counter);
  });
}
