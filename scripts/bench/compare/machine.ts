import { cpus, loadavg, release, type as systemType, totalmem } from 'node:os';
import { execa } from 'execa';
import type { MeasuredRow, Report } from './report.ts';
import { rounded } from './statistics.ts';
import { installedVersions } from './tools.ts';

/** Describes this machine: without it, a figure says nothing. */
export async function describeMachine(): Promise<Report['machine']> {
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

/** Describes a run that begins now. */
export async function describeRun(rounds: number, command: string): Promise<MeasuredRow['run']> {
  const { stdout: commit } = await execa('git', ['describe', '--always', '--dirty'], { reject: false });
  const [lastMinute = 0] = loadavg();
  return { at: new Date().toISOString(), commit, command, rounds, loadBefore: rounded(lastMinute) };
}
