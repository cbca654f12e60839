import type { RequestRecord } from '../../workload/outcome.ts';

/** The load requested and accepted in one time slot, in kW per second. */
export type TimeSlot = { atMs: number; requested: number; accepted: number };

/** 60: as many slots as fit a chart. None is shorter than a second. */
const MAX_SLOTS = 60;

/** Sums up requests by their planned time. */
export function loadOverTime(records: readonly RequestRecord[], durationMs: number): TimeSlot[] {
  const slotMs = Math.max(1, Math.ceil(durationMs / 1_000 / MAX_SLOTS)) * 1_000;
  const slots = Array.from({ length: Math.max(1, Math.ceil(durationMs / slotMs)) }, (_, index) => ({
    atMs: index * slotMs,
    requested: 0,
    accepted: 0,
  }));
  for (const { request, startedMs, outcome } of records) {
    const slot = slots[Math.floor(startedMs / slotMs)];
    if (slot === undefined) continue;
    slot.requested += (request.charge_amount * 1_000) / slotMs;
    if (outcome.kind === 'accepted') slot.accepted += (outcome.chargeKw * 1_000) / slotMs;
  }
  return slots;
}
