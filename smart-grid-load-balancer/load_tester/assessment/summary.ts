import type { Run } from '../recorder.ts';
import { describeLatency, type Latency } from './statistics.ts';

/** What a run came to. Powers are in kW, times in milliseconds. */
export type Summary = {
  durationMs: number;
  /** Requests that ended: accepted + rejected + failed. */
  total: number;
  accepted: number;
  rejected: number;
  failed: number;
  /** Requests under way when the run was interrupted; in none of the other numbers. */
  abandoned: number;
  requestsPerSecond: number;
  requestedKw: number;
  acceptedKw: number;
  /** Over every request that ended; undefined when none did. */
  latency: Latency | undefined;
  /** By id. */
  substations: { id: string; accepted: number; acceptedKw: number }[];
  /** Most frequent first. */
  failures: { reason: string; count: number }[];
};

/** Adds up a run. */
export function summarize({ records, durationMs }: Pick<Run, 'records' | 'durationMs'>): Summary {
  const ended = records.filter(({ outcome }) => outcome.kind !== 'abandoned');
  const substations = new Map<string, { accepted: number; acceptedKw: number }>();
  const failures = new Map<string, number>();
  const counts = { accepted: 0, rejected: 0, failed: 0 };
  let acceptedKw = 0;
  for (const { outcome } of ended) {
    if (outcome.kind === 'abandoned') continue;
    counts[outcome.kind] += 1;
    if (outcome.kind === 'failed') failures.set(outcome.reason, (failures.get(outcome.reason) ?? 0) + 1);
    if (outcome.kind !== 'accepted') continue;
    acceptedKw += outcome.chargeKw;
    const own = substations.get(outcome.substationId) ?? { accepted: 0, acceptedKw: 0 };
    substations.set(outcome.substationId, {
      accepted: own.accepted + 1,
      acceptedKw: own.acceptedKw + outcome.chargeKw,
    });
  }
  return {
    durationMs,
    total: ended.length,
    ...counts,
    abandoned: records.length - ended.length,
    requestsPerSecond: durationMs > 0 ? ended.length / (durationMs / 1_000) : 0,
    requestedKw: ended.reduce((sum, { request }) => sum + request.charge_amount, 0),
    acceptedKw,
    latency: describeLatency(ended.map(({ responseMs }) => responseMs)),
    substations: [...substations]
      .map(([id, own]) => ({ id, ...own }))
      .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
    failures: [...failures]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason, 'en')),
  };
}
