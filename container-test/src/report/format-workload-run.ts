import type { WorkloadReport } from 'vector-clock-kv-store/verification/workload/workload-run.ts';

/** What a trial of the store came to, on one line. @param ordeal what it had to stand, if that is to be told */
export function tellTrial(
  { elapsedMs, failures, judgement, operations }: WorkloadReport,
  ordeal?: string,
): string {
  return [
    `${operations} operations in ${(elapsedMs / 1_000).toFixed(1)} s, ${failures} without an answer`,
    ...(ordeal === undefined ? [] : [ordeal]),
    `writes lost ${judgement.lost.length} of ${judgement.acknowledged}`,
    `pattern violations ${judgement.violation?.pattern ?? 'none'}`,
    `session violations ${judgement.sessionViolations.length}`,
    `replicas ${judgement.differences.length === 0 ? 'equal' : 'differ'}`,
    `clocks reused ${judgement.reusedClocks.length}`,
  ].join('; ');
}
