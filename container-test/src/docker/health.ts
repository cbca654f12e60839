import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import type { Project } from './project.ts';

/** What `docker inspect` tells that the test looks at. */
const inspected = z.object({
  Name: z.string(),
  Config: z.object({ User: z.string() }),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()).nullable(),
    Memory: z.number(),
  }),
});

export type Container = z.output<typeof inspected>;

/** Healthchecks ask every 3 s, and eight services that start together share two cores. */
const HEALTHY_WITHIN_MS = 120_000;

async function inspectContainers(project: Project, ids: readonly string[]): Promise<Container[]> {
  return z.array(inspected).parse(JSON.parse(await project.docker('inspect', ...ids)));
}

/** The project's containers, stopped ones too; with services named, only theirs. */
export async function containersOf(project: Project, ...services: string[]): Promise<Container[]> {
  const ids = (await project.compose('ps', '--all', '--quiet', ...services))
    .split('\n')
    .filter((id) => id !== '');
  return ids.length === 0 ? [] : inspectContainers(project, ids);
}

/** Waits until every one of the services' containers is healthy; rejects with the logs of those that are not. */
export async function waitUntilHealthy(project: Project, services: readonly string[]): Promise<void> {
  let waiting: Container[] = [];
  const allHealthy = async () => {
    const containers = await containersOf(project, ...services);
    waiting = containers.filter(({ State }) => State.Health?.Status !== 'healthy');
    return containers.length >= services.length && waiting.length === 0;
  };
  await pWaitFor(allHealthy, { interval: 250, timeout: HEALTHY_WITHIN_MS }).catch(async (error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    const names = waiting.map(({ Name, State }) => `${Name} is ${State.Health?.Status ?? State.Status}`);
    throw new Error(`${names.join(', ')}\n${await project.compose('logs', '--tail', '10', ...services)}`);
  });
}

/** What a container lacks of the protections that every service has; empty when it has all. */
export function missingProtections({ Config, HostConfig }: Container): string[] {
  const missing: string[] = [];
  if (['', 'root', '0'].includes(Config.User)) missing.push('a user that is not root');
  if (!HostConfig.ReadonlyRootfs) missing.push('a read-only root file system');
  if (!HostConfig.CapDrop?.includes('ALL')) missing.push('cap_drop ALL');
  if (!HostConfig.SecurityOpt?.some((option) => option.startsWith('no-new-privileges'))) {
    missing.push('no-new-privileges');
  }
  if (HostConfig.Memory === 0) missing.push('a memory limit');
  return missing;
}
