import { originOfSession } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import { endOfSession, type RequestRecord, sessionIdIn } from '../routing/request-records.ts';
import type { Transport } from '../transport/transport.ts';
import type { SubstationLives } from './substation-lives.ts';

/** Whether a session was running in a life when that was last seen, at `lastSeen` in milliseconds since 1970. */
export function isOfLostLife(record: RequestRecord, life: string, lastSeen: number): boolean {
  const id = record.accepted && sessionIdIn(record.accepted.acceptance);
  return id !== undefined && originOfSession(id)?.life === life && (endOfSession(record) ?? 0) > lastSeen;
}

/** Finds out whether the session of an accepted request was cut off. False where that cannot be known. */
export async function isInterrupted(
  { accepted, member }: RequestRecord,
  {
    fleet,
    lives,
    transport,
    wallClock,
  }: {
    fleet: Pick<Fleet, 'find'>;
    lives: Pick<SubstationLives, 'endOf' | 'isVolatile'>;
    transport: Pick<Transport, 'session'>;
    /** Milliseconds since 1970. */
    wallClock: () => number;
  },
): Promise<boolean> {
  const id = accepted && sessionIdIn(accepted.acceptance);
  const origin = id === undefined ? undefined : originOfSession(id);
  if (id === undefined || origin === undefined) return false;
  const end = lives.endOf(id);
  if (end !== undefined) return end === 'interrupted';
  const present = fleet.find(member.id);
  if (present === undefined || wallClock() >= origin.endsAt) return false;
  const { kind } = await transport.session(present, id);
  return kind === 'interrupted' || (kind === 'down' && lives.isVolatile(member.id));
}
