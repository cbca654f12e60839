import { type FaultCounts, faultKinds } from '@gridclock/simulation-kit';
import { type NodeOverrides, type SimulationResult, simulate } from './simulate.ts';

export type SimulationsOptions = {
  /** How many schedules to run. */
  schedules: number;
  /** The seed of the first schedule. Each further schedule uses the next seed. */
  seed: number;
  overrides?: NodeOverrides;
  /** Called after each schedule. */
  onResult?: (result: SimulationResult, completed: number) => Promise<void>;
};

/** The sums over all schedules, and the results of those with findings. */
export type SimulationsReport = {
  schedules: number;
  operations: number;
  faultCounts: FaultCounts;
  failed: readonly SimulationResult[];
};

/** Runs schedules one after the other. */
export async function runSimulations(options: SimulationsOptions): Promise<SimulationsReport> {
  const { schedules, seed, overrides, onResult } = options;
  const faultCounts: FaultCounts = {};
  const failed: SimulationResult[] = [];
  let operations = 0;
  let completed = 0;
  while (completed < schedules) {
    const result = await simulate(seed + completed, overrides);
    completed++;
    operations += result.operations;
    for (const kind of faultKinds) {
      const count = result.faultCounts[kind] ?? 0;
      if (count > 0) faultCounts[kind] = (faultCounts[kind] ?? 0) + count;
    }
    if (result.findings.length > 0) failed.push(result);
    await onResult?.(result, completed);
  }
  return { schedules: completed, operations, faultCounts, failed };
}
