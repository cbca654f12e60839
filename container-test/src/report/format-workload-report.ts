import type { WorkloadReport } from 'vector-clock-kv-store/verification/workload/workload-run';

/** Formats the result of a workload run as one line. @param disturbance what disturbed the run, if worth a mention */
export function formatWorkloadReport(
  { elapsedMs, failures, check, operations }: WorkloadReport,
  disturbance?: string,
): string {
  return [
    `${operations} operations in ${(elapsedMs / 1_000).toFixed(1)} s, ${failures} without a response`,
    ...(disturbance === undefined ? [] : [disturbance]),
    `writes lost ${check.lost.length} of ${check.acknowledged}`,
    `pattern violations ${check.violation?.pattern ?? 'none'}`,
    `session violations ${check.sessionViolations.length}`,
    `replicas ${check.differences.length === 0 ? 'equal' : 'differ'}`,
    `clocks reused ${check.reusedClocks.length}`,
  ].join('; ');
}
