import type { Priority } from '@gridclock/grid-protocol';
import type { Accepted, Failed, Outcome, Rejected, RequestRecord } from '../../workload/outcome.ts';

type Details = { kw?: number; startedMs?: number; responseMs?: number; priority?: Priority };

/** A request of an imaginary run. */
export function record(
  outcome: Outcome,
  { kw = 22, startedMs = 0, responseMs = 10, priority = 'normal' }: Details = {},
): RequestRecord {
  return {
    request: { vehicle_id: 'EV_4821', charge_amount: kw, priority },
    startedMs,
    responseMs,
    outcome,
  };
}

export const accepted = (substationId: string, chargeKw = 22, durationSeconds = 9.84): Accepted => ({
  kind: 'accepted',
  sessionId: 'session-1',
  substationId,
  chargeKw,
  durationSeconds,
  startedAt: 1_767_225_600_000,
});

export const rejected: Rejected = { kind: 'rejected', reason: 'Insufficient capacity' };

export const tooLarge: Rejected = {
  kind: 'rejected',
  reason: 'charge_amount: is larger than every substation',
  cause: 'too-large',
};

export const capacityUnknown: Failed = {
  kind: 'failed',
  reason: 'HTTP 503: Capacity unknown',
  cause: 'capacity-unknown',
  mayBeCharging: false,
};

export const interrupted: Failed = {
  kind: 'failed',
  reason: 'HTTP 410: Session interrupted',
  cause: 'session-interrupted',
  mayBeCharging: false,
};

export const failed = (reason: string, mayBeCharging = true): Failed => ({
  kind: 'failed',
  reason,
  mayBeCharging,
});
