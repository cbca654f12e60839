import type { RequestRecord } from '../../workload/outcome.ts';
import { nearestRank } from '../assessment/statistics.ts';
import { timeSlots } from './time-slots.ts';

/** The response times of the requests that were due in one time slot, in ms; undefined where none was. */
export type LatencySlot = { atMs: number; median: number | undefined; slowest: number | undefined };

/** Sums up response times by the planned time of the requests. */
export function latencyOverTime(records: readonly RequestRecord[], durationMs: number): LatencySlot[] {
  return timeSlots(records, durationMs).slots.map(({ atMs, records: ofSlot }) => {
    const sorted = responseTimes(ofSlot);
    const isEmpty = sorted.length === 0;
    return { atMs, median: isEmpty ? undefined : nearestRank(sorted, 0.5), slowest: sorted.at(-1) };
  });
}

/** Returns the response times of the requests that ended, in ascending order. */
export function responseTimes(records: readonly RequestRecord[]): number[] {
  return records
    .filter(({ outcome }) => outcome.kind !== 'abandoned')
    .map(({ responseMs }) => responseMs)
    .sort((a, b) => a - b);
}
