import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import type { Checks } from './checks.ts';
import { waitUntilHealthy } from './containers.ts';
import type { Project } from './project.ts';
import { readTargets } from './prometheus.ts';

export type PoolOptions = { project: Project; balancerUrl: string; prometheusUrl: string };

/** The named substations, which run all the time. */
const NAMED = 3;

/** Balancer and Prometheus look names up every second and every 5 s; Docker answers at once. */
const FOUND_WITHIN_MS = 60_000;

const status = z.object({ substation_loads: z.record(z.string(), z.number()) });

/** Adds replicas of the pool to the running grid and takes them away again. */
export async function checkPool(checks: Checks, options: PoolOptions): Promise<void> {
  const { project } = options;
  await checks.check('two more substations are found by balancer and Prometheus, by DNS', async () => {
    await project.compose('up', '--detach', '--no-deps', '--scale', 'substation=2', 'substation');
    await waitUntilHealthy(project, ['substation']);
    return waitForSubstations(options, NAMED + 2);
  });
  await checks.check('they are forgotten once they are gone', async () => {
    await project.compose('rm', '--stop', '--force', 'substation');
    return waitForSubstations(options, NAMED);
  });
}

async function waitForSubstations(
  { balancerUrl, prometheusUrl }: PoolOptions,
  count: number,
): Promise<string> {
  let seen = '';
  const agree = async () => {
    const response = await fetch(`${balancerUrl}/status`);
    const routed = Object.keys(status.parse(await response.json()).substation_loads);
    const targets = (await readTargets(prometheusUrl)).filter(({ job }) => job === 'substation');
    const up = targets.filter(({ health }) => health === 'up');
    seen = `${routed.length} at the balancer, ${up.length} of ${targets.length} up in Prometheus`;
    return routed.length === count && targets.length === count && up.length === count;
  };
  await pWaitFor(agree, { interval: 500, timeout: FOUND_WITHIN_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`wanted ${count} substations, there are ${seen}`) : error;
  });
  return seen;
}
