import {
  assess,
  hasFailed,
  readBaseline,
} from '../../../smart-grid-load-balancer/load_tester/assessment/assessment.ts';
import { planRun } from '../../../smart-grid-load-balancer/load_tester/traffic/planned-run.ts';
import { compareRouting, scales } from '../../../smart-grid-load-balancer/simulation/compare.ts';
import { createHttpGridClient } from '../../../smart-grid-load-balancer/workload/http-grid-client.ts';
import { SuiteError } from '../../local-suite/suite.ts';
import type { GridRun } from '../run-data.ts';

/** Ten workers, as in the contract's rush hour. */
const WORKERS = 10;

const SEED = 1;

/** What a rush hour has shown. */
export type GridObservations = Omit<GridRun, 'origin' | 'panels' | 'routing'>;

/** Runs a rush hour against a running grid. */
export async function observeGrid(
  urls: { chargeUrl: string; balancerUrl: string },
  seconds: number,
  interrupted: AbortSignal,
): Promise<GridObservations> {
  const grid = createHttpGridClient(urls);
  const config = { ...urls, maxRequests: undefined, workers: WORKERS, durationMs: seconds * 1_000 };
  const { plan, start } = planRun({ mode: 'rush', seed: SEED }, config);
  const baseline = await readBaseline(grid);
  const run = await start(grid, {}, interrupted);
  if (interrupted.aborted) throw new SuiteError('Interrupted during the rush hour.');
  const assessment = await assess(grid, run, baseline, {});
  const { boundKw, capacities, reconciliation } = assessment;
  return {
    plan,
    policy: 'least-load',
    run: { records: [...run.records], samples: [...run.samples], durationMs: run.durationMs },
    capacities,
    ...(boundKw === undefined ? {} : { boundKw }),
    ...(reconciliation === undefined ? {} : { reconciliation }),
    passed: !hasFailed(assessment),
  };
}

/** Compares the routing policies in virtual time, on three substations. */
export function simulateRouting(): GridRun['routing'] {
  const scale = scales[0];
  if (scale === undefined) throw new Error('no scale to simulate');
  return { seed: SEED, runs: scale.runs, groups: [...compareRouting(scale, 'even', SEED)] };
}
