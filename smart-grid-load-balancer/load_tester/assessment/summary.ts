import type { FailureCause, RequestRecord } from '../../workload/outcome.ts';
import type { Run } from '../../workload/recorder.ts';
import { describeLatency, type Latency } from './statistics.ts';

/** The totals of a run. Powers in kW, times in milliseconds. */
export type Summary = {
  durationMs: number;
  /** accepted + rejected + failed. */
  total: number;
  accepted: number;
  rejected: number;
  /** The part of `rejected` that fits no substation, even without load. */
  tooLarge: number;
  failed: number;
  /** The part of `failed` that might have fitted at a substation that did not respond. */
  capacityUnknown: number;
  /** The part of `failed` that was accepted, and lost with its substation's memory. */
  sessionInterrupted: number;
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
  failures: { reason: string; count: number; cause?: FailureCause }[];
};

/**
 * Sums up a run.
 *
 * @param capacities of the substations by id, as far as they are known
 */
export function summarize(
  { records, durationMs }: Pick<Run, 'records' | 'durationMs'>,
  capacities: Record<string, number> = {},
): Summary {
  const ended = records.filter(({ outcome }) => outcome.kind !== 'abandoned');
  const substations = new Map<string, { accepted: number; acceptedKw: number }>();
  const failures = new Map<string, Summary['failures'][number]>();
  const counts = { accepted: 0, rejected: 0, failed: 0 };
  let acceptedKw = 0;
  for (const { outcome } of ended) {
    if (outcome.kind === 'abandoned') continue;
    counts[outcome.kind] += 1;
    if (outcome.kind === 'failed') {
      const { reason, cause } = outcome;
      const count = (failures.get(reason)?.count ?? 0) + 1;
      failures.set(reason, { reason, count, ...(cause === undefined ? {} : { cause }) });
    }
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
    tooLarge: countTooLarge(ended, Object.values(capacities)),
    capacityUnknown: countFailures(ended, 'capacity-unknown'),
    sessionInterrupted: countFailures(ended, 'session-interrupted'),
    abandoned: records.length - ended.length,
    requestsPerSecond: durationMs > 0 ? ended.length / (durationMs / 1_000) : 0,
    requestedKw: ended.reduce((sum, { request }) => sum + request.charge_amount, 0),
    acceptedKw,
    latency: describeLatency(ended.map(({ responseMs }) => responseMs)),
    substations: [...substations]
      .map(([id, sums]) => ({ id, ...sums }))
      .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
    failures: [...failures.values()].sort(
      (a, b) => b.count - a.count || a.reason.localeCompare(b.reason, 'en'),
    ),
  };
}

/** A balancer without a response for such requests says that the grid is full. */
function countTooLarge(records: readonly RequestRecord[], capacitiesKw: readonly number[]): number {
  const largest = capacitiesKw.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...capacitiesKw);
  return records.filter(
    ({ request, outcome }) =>
      outcome.kind === 'rejected' && (outcome.cause === 'too-large' || request.charge_amount > largest),
  ).length;
}

function countFailures(records: readonly RequestRecord[], cause: FailureCause): number {
  return records.filter(({ outcome }) => outcome.kind === 'failed' && outcome.cause === cause).length;
}
