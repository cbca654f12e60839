import type { ChargeAccepted, SubstationChargeRequest } from '@gridclock/grid-protocol';
import type { ProposedSession } from './charge-decision.ts';
import { isoTime } from './session-description.ts';

/** Where a session starts. */
type Place = {
  substationId: string;
  /** The load with the session, in kW. */
  load: number;
  /** In kW. */
  capacity: number;
};

/** Returns the response to an accepted request, which is also the response to each repetition of it. */
export function acceptance(
  { charge_amount, request_id, vehicle_id }: SubstationChargeRequest,
  { capacity, durationMs, load, now, sessionId, substationId }: ProposedSession & Place,
): ChargeAccepted {
  return {
    status: 'accepted',
    session_id: sessionId,
    substation_id: substationId,
    vehicle_id,
    charge_amount,
    estimated_duration: durationMs / 1000,
    start_time: isoTime(now),
    current_load: load,
    max_capacity: capacity,
    ...(request_id === undefined ? {} : { request_id }),
  };
}
