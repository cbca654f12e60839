import type { Run } from '../../workload/recorder.ts';
import { describeLatency, type Latency } from './statistics.ts';

/** The totals of a run. Powers in kW, times in milliseconds. */
export type Summary = {
  durationMs: number;
  /** accepted + rejected + failed. */
  total: number;
  accepted: number;
  rejected: number;
  failed: number;
  /** Requests in flight when the run was interrupted; not part of any other number. */
  abandoned: number;
  requestsPerSecond: number;
  requestedKw: number;
  acceptedKw: number;
  /** Of all requests that ended; undefined when none did. */
  latency: Latency | undefined;
  /** Sorted by id. */
  substations: { id: string; accepted: number; acceptedKw: number }[];
  /** Most frequent first. */
  failures: { reason: string; count: number }[];
};

/** Sums up a run. */
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
    const sums = substations.get(outcome.substationId) ?? { accepted: 0, acceptedKw: 0 };
    substations.set(outcome.substationId, {
      accepted: sums.accepted + 1,
      acceptedKw: sums.acceptedKw + outcome.chargeKw,
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
      .map(([id, sums]) => ({ id, ...sums }))
      .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
    failures: [...failures]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason, 'en')),
  };
}
