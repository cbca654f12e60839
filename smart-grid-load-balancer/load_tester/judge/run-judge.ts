import { describeScope, ProgramStartError, sumUp } from '@gridclock/judge-kit';
import { probes, runningProbes } from './probes/index.ts';
import type { Probe } from './probes/probe.ts';
import { type Profile, type Property, profiles, properties } from './properties.ts';
import { recogniseDialect } from './recognise-dialect.ts';
import { type JudgedGrid, runProbe } from './run-probe.ts';
import { contractDialect, describeDialect } from './system/dialect.ts';
import { EntryBench } from './system/entry-bench.ts';
import { RunningGrid } from './system/running-grid.ts';
import { SubstationBench } from './system/substation-bench.ts';
import type { Judgement, ProbeResult } from './verdict.ts';

export type JudgeOptions = Omit<JudgedGrid, 'dialect'> & {
  profile: Profile;
  /** The properties to judge; by default, those of the profile. */
  only?: readonly Property[] | undefined;
  /** Called after each probe. */
  onResult?: (result: ProbeResult) => void;
};

/** 5: a probe mostly waits, for polls and sessions. */
const AT_ONCE = 5;

/**
 * Judges a grid.
 *
 * @throws ProgramStartError
 * @throws UnknownDialect if its balancer does not follow the contract far enough
 */
export async function judge({
  only,
  profile,
  onResult = () => {},
  ...options
}: JudgeOptions): Promise<Judgement> {
  const startedAt = performance.now();
  const { balancer, balancerUrl, entry, entryUrl, substation, substationUrls = [] } = options;
  const dialect =
    balancer === undefined ? contractDialect : await recogniseDialect(balancer, options.startMs);
  const grid: JudgedGrid = { ...options, dialect };
  await checkStarts(grid);
  const judged = only ?? profiles[profile];
  const isJudged = ({ property }: Probe) => judged.includes(property);
  const isStarted = [balancer, substation, entry].some((command) => command !== undefined);
  const started = isStarted ? await runAll(probes.filter(isJudged), grid, AT_ONCE, onResult) : [];
  const isRunning = [balancerUrl, entryUrl, ...substationUrls].some((url) => url !== undefined);
  const running = isRunning ? await runAll(runningProbes.filter(isJudged), grid, 1, onResult) : [];
  const claims = Object.fromEntries(judged.map((property) => [property, properties[property]]));
  return {
    subject: subjectOf(options),
    profile: describeScope(profile, only),
    dialect: describeDialect(dialect),
    properties: sumUp(claims, [...started, ...running]),
    elapsedMs: performance.now() - startedAt,
  };
}

/** Names what is judged: commands and URLs. */
export function subjectOf(grid: Omit<JudgedGrid, 'count' | 'dialect'>): string {
  const { balancer, balancerUrl, entry, entryUrl, substation, substationUrls = [] } = grid;
  return [balancer, balancerUrl, substation, ...substationUrls, entry, entryUrl]
    .filter((subject) => subject !== undefined)
    .join(' · ');
}

/**
 * Starts each program once, and asks each running service once, so that one that does not work at all is not convicted of
 * everything.
 *
 * @throws ProgramStartError
 */
async function checkStarts(grid: JudgedGrid): Promise<void> {
  const { entry, startMs, substation } = grid;
  if (substation !== undefined) await (await SubstationBench.start({ command: substation, startMs })).stop();
  if (entry !== undefined) await (await EntryBench.start({ command: entry, startMs })).stop();
  for (const { client } of new RunningGrid(grid).services)
    if (!(await client.isServing().catch(() => false)))
      throw new ProgramStartError(`nothing answers at ${client.url}`);
}

/** Runs some probes at a time. The results are in the order of the probes. */
async function runAll(
  selected: readonly Probe[],
  grid: JudgedGrid,
  atOnce: number,
  onResult: (result: ProbeResult) => void,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  const entries = selected.entries();
  const work = async () => {
    for (const [index, probe] of entries) {
      const result = canRun(probe, grid) ? await runProbe(probe, grid) : unjudged(probe);
      results[index] = result;
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function canRun({ role }: Probe, grid: JudgedGrid): boolean {
  return needs[role].every((program) => grid[program] !== undefined);
}

/** The programs without which nothing can be judged of each role. */
const needs = {
  substation: ['substation'],
  balancer: ['balancer'],
  entry: ['entry'],
  grid: ['balancer', 'substation'],
  running: [],
} as const;

function unjudged({ property, role, summary }: Probe): ProbeResult {
  const reason = `not judged without ${needs[role].map((program) => `--${program}`).join(' and ')}`;
  return { property, summary, outcome: 'not judged', reason, steps: [], notes: [] };
}
