import { waitUntilHealthy } from '../docker/health.ts';
import type { Project } from '../docker/project.ts';
import { waitForSubstations } from '../prometheus/wait-for-substations.ts';
import type { Checks } from '../report/checks.ts';

export type PoolOptions = { project: Project; balancerUrl: string; prometheusUrl: string };

/** The named substations, which run all the time. */
const NAMED = 3;

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
