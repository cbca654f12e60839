import type { RequestRecord } from '../../workload/outcome.ts';
import { nearestRank } from '../assessment/statistics.ts';

/** The response times of the requests that were due in one time slot, in ms. */
export type LatencySlot = { atMs: number; median: number; slowest: number };

/** 60: as many slots as fit a chart. None is shorter than a second. */
const MAX_SLOTS = 60;

/** Sums up response times by the planned time of the requests. Slots without a request keep the value 0. */
export function latencyOverTime(records: readonly RequestRecord[], durationMs: number): LatencySlot[] {
  const slotMs = Math.max(1, Math.ceil(durationMs / 1_000 / MAX_SLOTS)) * 1_000;
  const times: number[][] = Array.from({ length: Math.max(1, Math.ceil(durationMs / slotMs)) }, () => []);
  for (const { startedMs, responseMs, outcome } of records)
    if (outcome.kind !== 'abandoned') times[Math.floor(startedMs / slotMs)]?.push(responseMs);
  return times.map((slot, index) => {
    const sorted = slot.sort((a, b) => a - b);
    return {
      atMs: index * slotMs,
      median: sorted.length === 0 ? 0 : nearestRank(sorted, 0.5),
      slowest: sorted.at(-1) ?? 0,
    };
  });
}
