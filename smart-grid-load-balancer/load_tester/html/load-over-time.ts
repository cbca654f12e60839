import type { RequestRecord } from '../../workload/outcome.ts';
import { timeSlots } from './time-slots.ts';

/** The load requested and accepted in one time slot, in kW per second. */
export type LoadSlot = { atMs: number; requested: number; accepted: number };

/** Sums up requests by their planned time. */
export function loadOverTime(records: readonly RequestRecord[], durationMs: number): LoadSlot[] {
  const { slotMs, slots } = timeSlots(records, durationMs);
  return slots.map(({ atMs, records: ofSlot }) => {
    const perSecond = (kw: number) => (kw * 1_000) / slotMs;
    const slot = { atMs, requested: 0, accepted: 0 };
    for (const { request, outcome } of ofSlot) {
      slot.requested += perSecond(request.charge_amount);
      if (outcome.kind === 'accepted') slot.accepted += perSecond(outcome.chargeKw);
    }
    return slot;
  });
}
