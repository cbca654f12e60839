import { containersOf, missingProtections } from '../docker/health.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';

export type ContainerCheckOptions = {
  project: Project;
  /** Each with one container that runs. */
  services: readonly string[];
  /** The clock, in milliseconds. */
  now: () => number;
};

/** The engine kills what takes longer, in seconds. */
const ENDS_WITHIN_S = 2;

/** Looks at how the containers run, and ends them. */
export async function checkContainers(checks: Checks, options: ContainerCheckOptions): Promise<void> {
  const { now, project, services } = options;
  await checks.check('every container runs with no more rights than it needs', async () => {
    const containers = await containersOf(project, ...services);
    const complaints = containers.flatMap((container) =>
      missingProtections(container).map((missing) => `${container.Name} lacks ${missing}`),
    );
    if (complaints.length > 0) throw new Error(complaints.join(', '));
    return `${containers.length} containers`;
  });
  await checks.check(`every service ends within ${ENDS_WITHIN_S} s of SIGTERM, with status 0`, async () => {
    let longest = 0;
    for (const service of services) {
      const asked = now();
      await project.docker('stop', '--time', String(ENDS_WITHIN_S), await project.containerOf(service));
      longest = Math.max(longest, now() - asked);
    }
    const odd = (await containersOf(project, ...services)).filter(({ State }) => State.ExitCode !== 0);
    if (odd.length > 0) {
      throw new Error(odd.map(({ Name, State }) => `${Name} ended with ${State.ExitCode}`).join(', '));
    }
    return `${services.length} services, the longest in ${longest} ms`;
  });
}
