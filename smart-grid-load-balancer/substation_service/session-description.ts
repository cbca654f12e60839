import type { Session } from '@gridclock/grid-protocol';
import type { RunningSession } from './session-records.ts';
import { remainingMs } from './session-table.ts';

/** A session that has ended. `energy_joules` is what the vehicle has drawn. */
export type EndedSessionReport = Session & { energy_joules: number };

/** Describes a session for clients. `now` is in milliseconds since 1970. */
export function describeSession(
  substationId: string,
  sessionId: string,
  session: RunningSession,
  now: number,
): Session {
  const { request, startedAt } = session;
  return {
    session_id: sessionId,
    substation_id: substationId,
    vehicle_id: request.vehicle_id,
    charge_amount: request.charge_amount,
    priority: request.priority,
    start_time: isoTime(startedAt),
    remaining_time: remainingMs(session, now) / 1000,
  };
}

export function isoTime(millisecondsSince1970: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats a time that is passed in.
  return new Date(millisecondsSince1970).toISOString();
}
