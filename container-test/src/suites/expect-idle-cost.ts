import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Project } from '../docker/project.ts';
import { containersOf } from '../docker/wait-until-healthy.ts';

/** Long enough for several health checks, scrapes and polls of every service. */
const PERIOD_MS = 30_000;

/** Of one core, for all containers together. */
const MAX_SHARE = 0.1;

/** Other work on the machine can only add to the cost, so the cheapest of a few periods counts. */
const PERIODS = 3;

/** Measures the CPU time that the services use while no client sends requests. */
export async function expectIdleCost(project: Project, services: readonly string[]): Promise<string> {
  const reports: string[] = [];
  for (let period = 0; period < PERIODS; period++) {
    const { total, report } = await measure(project, services);
    if (total <= MAX_SHARE) return report;
    reports.push(report);
  }
  throw new Error(`idle containers use more than ${percent(MAX_SHARE)}: ${reports.join('; ')}`);
}

async function measure(project: Project, services: readonly string[]) {
  const containers = await containersOf(project, services);
  const read = () => Promise.all(containers.map(({ id }) => readCpuSeconds(id)));
  const before = await read();
  const startedAt = performance.now();
  await setTimeout(PERIOD_MS, undefined, { signal: project.interrupted });
  const after = await read();
  const seconds = (performance.now() - startedAt) / 1_000;
  const shares = containers.map(({ name }, index) => ({
    name: name.replace(`${project.name}-`, '').replace(/-1$/, ''),
    share: ((after[index] ?? 0) - (before[index] ?? 0)) / seconds,
  }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  const report = [
    `${percent(total)} of one core`,
    ...shares.map(({ name, share }) => `${name} ${percent(share)}`),
  ].join(', ');
  return { total, report };
}

/** Reads the CPU time of a container from its cgroup, of version 1 or 2, with either of the engine's drivers. */
async function readCpuSeconds(id: string): Promise<number> {
  const read = (path: string) => readFile(`/sys/fs/cgroup/${path}`, 'utf8').catch(() => undefined);
  const nanoseconds = await read(`cpuacct/docker/${id}/cpuacct.usage`);
  if (nanoseconds !== undefined) return Number(nanoseconds) / 1e9;
  const statistics =
    (await read(`docker/${id}/cpu.stat`)) ?? (await read(`system.slice/docker-${id}.scope/cpu.stat`)) ?? '';
  const [, microseconds] = /^usage_usec (\d+)$/m.exec(statistics) ?? [];
  if (microseconds === undefined) throw new Error(`no cgroup of container ${id} under /sys/fs/cgroup`);
  return Number(microseconds) / 1e6;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
