import pWaitFor, { TimeoutError } from 'p-wait-for';
import { linesOf } from './command.ts';
import { type ContainerSnapshot, inspectContainers } from './inspect.ts';
import type { Project } from './project.ts';

/** Health checks run every 5 s, and eight services starting together share two cores. */
const HEALTHY_TIMEOUT_MS = 120_000;

/** Takes a snapshot of all containers of the services, including those that have stopped. */
export async function containersOf(
  project: Project,
  services: readonly string[],
): Promise<ContainerSnapshot[]> {
  const ids = linesOf(await project.compose('ps', '--all', '--quiet', ...services));
  return inspectContainers(project.docker, ids);
}

/** Waits until every container of the services is healthy; rejects with the logs of the services if one is not. */
export async function waitUntilHealthy(project: Project, services: readonly string[]): Promise<void> {
  let unhealthy: ContainerSnapshot[] = [];
  const allHealthy = async () => {
    const containers = await containersOf(project, services);
    unhealthy = containers.filter(({ health }) => health !== 'healthy');
    return containers.length >= services.length && unhealthy.length === 0;
  };
  await pWaitFor(allHealthy, { interval: 250, timeout: HEALTHY_TIMEOUT_MS }).catch(async (error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    const states = unhealthy.map(({ health, name, status }) => `${name} is ${health ?? status}`);
    throw new Error(`${states.join(', ')}\n${await project.compose('logs', '--tail', '10', ...services)}`);
  });
}
