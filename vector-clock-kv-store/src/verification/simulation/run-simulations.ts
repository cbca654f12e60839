import type { FaultCounts } from '@gridclock/simulation-kit';
import { faultKinds } from '@gridclock/simulation-kit';
import { type Alterations, type SimulationResult, simulate } from './simulate.ts';

export type SimulationsOptions = {
  schedules: number;
  /** The first schedule's; each further one has the next. */
  seed: number;
  alterations?: Alterations;
  /** Called after each schedule. */
  onResult?: (result: SimulationResult, number: number) => Promise<void>;
};

/** What all schedules came to; `strikes` counts those that took place. */
export type SimulationsReport = {
  schedules: number;
  operations: number;
  strikes: FaultCounts;
  failed: readonly SimulationResult[];
};

/** Runs schedules one after the other. */
export async function runSimulations(options: SimulationsOptions): Promise<SimulationsReport> {
  const { schedules, seed, alterations, onResult } = options;
  const strikes: FaultCounts = {};
  const failed: SimulationResult[] = [];
  let operations = 0;
  let done = 0;
  while (done < schedules) {
    const result = await simulate(seed + done, alterations);
    done++;
    operations += result.operations;
    for (const kind of faultKinds) {
      const count = result.counts[kind] ?? 0;
      if (count > 0) strikes[kind] = (strikes[kind] ?? 0) + count;
    }
    if (result.findings.length > 0) failed.push(result);
    await onResult?.(result, done);
  }
  return { schedules: done, operations, strikes, failed };
}
