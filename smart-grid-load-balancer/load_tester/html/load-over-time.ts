import type { RequestRecord } from '../../workload/outcome.ts';

/** What was asked for and accepted in one stretch of time, in kW per second. */
export type Stretch = { atMs: number; offered: number; accepted: number };

/** As many stretches as a chart shows well, none shorter than a second. */
const MOST_STRETCHES = 60;

/** Adds up requests by the time at which they were planned. */
export function loadOverTime(records: readonly RequestRecord[], durationMs: number): Stretch[] {
  const lengthMs = Math.max(1, Math.ceil(durationMs / 1_000 / MOST_STRETCHES)) * 1_000;
  const stretches = Array.from({ length: Math.max(1, Math.ceil(durationMs / lengthMs)) }, (_, index) => ({
    atMs: index * lengthMs,
    offered: 0,
    accepted: 0,
  }));
  for (const { request, startedMs, outcome } of records) {
    const stretch = stretches[Math.floor(startedMs / lengthMs)];
    if (stretch === undefined) continue;
    stretch.offered += (request.charge_amount * 1_000) / lengthMs;
    if (outcome.kind === 'accepted') stretch.accepted += (outcome.chargeKw * 1_000) / lengthMs;
  }
  return stretches;
}
