import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { GridClient } from '../../workload/grid-client.ts';
import { runOpenLoop } from '../../workload/open-loop.ts';
import type { Run, RunObserver } from '../../workload/recorder.ts';
import type { CommandLine } from '../command-line.ts';
import type { LoadTestConfig } from '../config.ts';
import { runRushHour } from './rush-hour.ts';
import { runSimple, SIMPLE_REQUESTS } from './simple.ts';

/** When a run ends by itself: after this time or this many requests, where set. */
export type RunLength = { durationMs?: number; maxRequests?: number };

/** A run that is ready to start. */
export type PlannedRun = {
  title: string;
  /** A description of the run. */
  plan: string;
  length: RunLength;
  start: (grid: GridClient, observer: RunObserver, interrupted: AbortSignal) => Promise<Run>;
};

/** 10 per second: the rate of a rush hour's ten workers, which pause a second on average. */
const DEFAULT_RATE = 10;

/** An open loop plans all requests in advance; with their outcomes, a million take about 500 MB. */
const MAX_PLANNED = 1_000_000;

/** Returns why a run cannot be planned, or undefined when it can. */
export function findPlanProblem(command: CommandLine, config: LoadTestConfig): string | undefined {
  if (command.mode === 'simple' && (isOpenLoop(command) || command.duration !== undefined))
    return 'simple sends five requests: --rate, --profile and --duration do not apply to it.';
  if (!isOpenLoop(command)) return undefined;
  const planned = ((command.rate ?? DEFAULT_RATE) * durationMsOf(command, config)) / 1_000;
  if (planned <= MAX_PLANNED) return undefined;
  return `the rate times the duration is ${Math.round(planned)} requests; at most ${MAX_PLANNED} are possible. Lower --rate or --duration.`;
}

/** Plans five requests, a closed loop (the rush hour), or an open loop. */
export function planRun(command: CommandLine, config: LoadTestConfig): PlannedRun {
  const base = { seed: command.seed, scheduler: realScheduler };
  if (command.mode === 'simple') {
    return {
      title: 'Simple test',
      plan: `five requests, seed ${command.seed}`,
      length: { maxRequests: SIMPLE_REQUESTS },
      start: (grid, observer, interrupted) => runSimple({ ...base, grid, observer, interrupted }),
    };
  }
  const { maxRequests, workers } = config;
  const durationMs = durationMsOf(command, config);
  const length = { durationMs, ...(maxRequests === undefined ? {} : { maxRequests }) };
  const seconds = `${durationMs / 1_000} s, seed ${command.seed}`;
  if (!isOpenLoop(command)) {
    return {
      title: 'Rush hour',
      plan: `${workers} workers for ${seconds}`,
      length,
      start: (grid, observer, interrupted) =>
        runRushHour({ ...base, ...length, workers, grid, observer, interrupted }),
    };
  }
  const { rate = DEFAULT_RATE, profile = 'rush' } = command;
  return {
    title: `Open loop, ${profile}`,
    plan: `${rate} requests per second on average for ${seconds}`,
    length,
    start: (grid, observer, interrupted) =>
      runOpenLoop({ ...base, ...length, rate, profile, grid, observer, interrupted }),
  };
}

function isOpenLoop({ rate, profile }: CommandLine): boolean {
  return rate !== undefined || profile !== undefined;
}

function durationMsOf({ duration }: CommandLine, config: LoadTestConfig): number {
  return duration === undefined ? config.durationMs : duration * 1_000;
}
