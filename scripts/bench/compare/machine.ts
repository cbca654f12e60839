import { cpus, loadavg, release, type as systemType, totalmem } from 'node:os';
import { execa } from 'execa';
import type { Machine } from './report.ts';
import { rounded } from './statistics.ts';
import { installedVersions } from './tools.ts';

/** Describes this machine: without it, a figure says nothing. */
export async function describeMachine(): Promise<Machine> {
  const [first] = cpus();
  return {
    processor: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${systemType()} ${release()}`,
    node: process.version,
    tools: await installedVersions(),
  };
}

/** Returns the machine's load over the minute before: what else ran beside a measurement. */
export function loadBefore(): number {
  const [lastMinute = 0] = loadavg();
  return rounded(lastMinute);
}

/** Returns the commit of this clone, marked if there are changes besides the results of a run. */
export async function currentCommit(): Promise<string> {
  const git = (...args: string[]) => execa('git', args, { reject: false });
  const { stdout: commit } = await git('rev-parse', '--short', 'HEAD');
  const { stdout: changes } = await git('status', '--porcelain', '--', ':/', ':!docs/performance.*');
  return changes === '' ? commit : `${commit}, with changes`;
}
