import { summarizeCheck } from 'vector-clock-kv-store/verification/findings';
import type { WorkloadReport } from 'vector-clock-kv-store/verification/workload/workload-run';

/** Formats the result of a workload run as one line. */
export function formatWorkloadReport({ check, elapsedMs, failures, operations }: WorkloadReport): string {
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return [
    `${operations} operations in ${seconds} s, ${check.acknowledged} acknowledged writes, ${failures} failed requests`,
    ...summarizeCheck(check).map(([label, value]) => `${label} ${value}`),
  ].join('; ');
}
