import type { Priority } from '@gridclock/grid-protocol';
import type { Outcome, RequestRecord } from '../../workload/outcome.ts';

type Details = { kw?: number; startedMs?: number; responseMs?: number; priority?: Priority };

/** A request of a made-up run. */
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

export const accepted = (substationId: string, chargeKw = 22, durationSeconds = 9.84): Outcome => ({
  kind: 'accepted',
  substationId,
  chargeKw,
  durationSeconds,
});

export const rejected: Outcome = { kind: 'rejected', reason: 'Insufficient capacity' };

export const failed = (reason: string, mayBeCharging = true): Outcome => ({
  kind: 'failed',
  reason,
  mayBeCharging,
});
