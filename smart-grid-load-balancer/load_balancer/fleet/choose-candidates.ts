import type { Priority } from '@gridclock/grid-protocol';
import type { Candidate } from './candidate.ts';
import type { MemberState } from './member-state.ts';

/**
 * Returns the substations that a request may be sent to: all healthy ones, and one to probe while no other probe
 * is on its way. Without a healthy one, all whose charges have not just failed: polls may be wrong.
 *
 * Envoy already falls back to all hosts when half are unhealthy (its panic threshold), to spare the rest from
 * overload. Here substations refuse excess load, and one that hangs turns a clear refusal into an unknown outcome.
 *
 * @param isAnotherName whether another member represents the same substation
 */
export function chooseCandidates(
  members: ReadonlyMap<string, MemberState>,
  isAnotherName: (id: string) => boolean,
  priority: Priority,
  now: number,
): Candidate[] {
  // One pass: this runs for every request, over all substations.
  const healthy: Candidate[] = [];
  const others: [id: string, member: MemberState][] = [];
  let isProbing = false;
  for (const [id, member] of members) {
    if (member.draining || isAnotherName(id)) continue;
    isProbing ||= member.charges.isProbed(now);
    if (member.isHealthy(now)) healthy.push(member.candidate(id, priority, now));
    else others.push([id, member]);
  }
  if (others.length === 0) return healthy;
  const toCandidate = ([id, member]: [string, MemberState]) => member.candidate(id, priority, now);
  if (healthy.length === 0) {
    return others
      .filter(([, { charges }]) => charges.state(now) !== 'ejected' && !charges.isProbed(now))
      .map(toCandidate);
  }
  const probed = isProbing ? undefined : others.find(([, member]) => member.mayBeProbed(now));
  return probed === undefined ? healthy : [{ ...toCandidate(probed), isProbe: true }, ...healthy];
}
