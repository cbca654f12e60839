import type { ContainerSnapshot } from '../docker/inspect.ts';
import type { Project } from '../docker/project.ts';
import { containersOf } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';

export type ContainerCheckOptions = {
  project: Project;
  /** Services with one running container each. */
  services: readonly string[];
  /** The clock, in milliseconds. */
  now: () => number;
};

/** The engine kills a container that takes longer to stop, in seconds. */
const STOP_TIMEOUT_S = 2;

/** Checks the containers' privileges, then stops them and checks how they exit. */
export async function checkContainers(checks: Checks, options: ContainerCheckOptions): Promise<void> {
  const { now, project, services } = options;
  await checks.check('every container runs with minimal privileges', async () => {
    const containers = await containersOf(project, services);
    const problems = containers.flatMap((container) =>
      missingProtections(container).map((missing) => `${container.name} lacks ${missing}`),
    );
    if (problems.length > 0) throw new Error(problems.join(', '));
    return `${containers.length} containers`;
  });
  await checks.check(`every service exits with status 0 within ${STOP_TIMEOUT_S} s of SIGTERM`, async () => {
    let longestMs = 0;
    for (const service of services) {
      const startedAt = now();
      await project.docker('stop', '--time', `${STOP_TIMEOUT_S}`, await project.containerOf(service));
      longestMs = Math.max(longestMs, now() - startedAt);
    }
    const failed = (await containersOf(project, services)).filter(({ exitCode }) => exitCode !== 0);
    if (failed.length > 0) {
      throw new Error(failed.map(({ exitCode, name }) => `${name} exited with ${exitCode}`).join(', '));
    }
    return `${services.length} services, the slowest in ${longestMs} ms`;
  });
}

/** Lists the protections a container lacks of those that every service must have. */
function missingProtections(container: ContainerSnapshot): string[] {
  const { droppedCapabilities, memoryLimit, readOnlyRoot, securityOptions, user } = container;
  const missing: string[] = [];
  if (['', 'root', '0'].includes(user)) missing.push('a user other than root');
  if (!readOnlyRoot) missing.push('a read-only root file system');
  if (!droppedCapabilities.includes('ALL')) missing.push('cap_drop ALL');
  if (!securityOptions.some((option) => option.startsWith('no-new-privileges'))) {
    missing.push('no-new-privileges');
  }
  if (memoryLimit === 0) missing.push('a memory limit');
  return missing;
}
