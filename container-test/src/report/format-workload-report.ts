import type { WorkloadReport } from 'vector-clock-kv-store/verification/workload/workload-run.ts';

/** Formats the result of a workload run as one line. @param disturbance what disturbed the run, if worth a mention */
export function formatWorkloadReport(
  { elapsedMs, failures, judgement, operations }: WorkloadReport,
  disturbance?: string,
): string {
  return [
    `${operations} operations in ${(elapsedMs / 1_000).toFixed(1)} s, ${failures} without a response`,
    ...(disturbance === undefined ? [] : [disturbance]),
    `writes lost ${judgement.lost.length} of ${judgement.acknowledged}`,
    `pattern violations ${judgement.violation?.pattern ?? 'none'}`,
    `session violations ${judgement.sessionViolations.length}`,
    `replicas ${judgement.differences.length === 0 ? 'equal' : 'differ'}`,
    `clocks reused ${judgement.reusedClocks.length}`,
  ].join('; ');
}
