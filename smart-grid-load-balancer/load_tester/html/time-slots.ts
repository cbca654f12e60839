import type { RequestRecord } from '../../workload/outcome.ts';

/** The requests that were due in one part of a run. */
export type TimeSlot = { atMs: number; records: RequestRecord[] };

/** 60: as many slots as fit a chart. None is shorter than a second. */
const MAX_SLOTS = 60;

/** Divides the requests of a run into slots of the same length, by their planned time. */
export function timeSlots(
  records: readonly RequestRecord[],
  durationMs: number,
): { slotMs: number; slots: TimeSlot[] } {
  const slotMs = Math.max(1, Math.ceil(durationMs / 1_000 / MAX_SLOTS)) * 1_000;
  const slots = Array.from(
    { length: Math.max(1, Math.ceil(durationMs / slotMs)) },
    (_, index): TimeSlot => ({ atMs: index * slotMs, records: [] }),
  );
  for (const record of records) slots[Math.floor(record.startedMs / slotMs)]?.records.push(record);
  return { slotMs, slots };
}
