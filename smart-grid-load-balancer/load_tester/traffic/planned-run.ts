import type { CommandLine } from '../command-line.ts';
import type { LoadTestConfig } from '../config.ts';
import type { GridClient } from '../grid-client.ts';
import type { Run, RunObserver } from '../recorder.ts';
import { runOpenLoop } from './open-loop.ts';
import { runRushHour } from './rush-hour.ts';
import { runSimple } from './simple.ts';

/** A run that is ready to start. */
export type PlannedRun = {
  title: string;
  /** What will be sent, in words. */
  plan: string;
  /** How long it will send and after how many requests it ends, where these are known. */
  expected: { durationMs?: number; requests?: number };
  start: (grid: GridClient, observer: RunObserver, interrupted: AbortSignal) => Promise<Run>;
};

/** What ten workers send that pause a second between requests: the rush hour's own rate. */
const DEFAULT_RATE = 10;

/** An open loop draws its whole plan before it begins: a million requests are 400 MB with what becomes of them. */
const MOST_PLANNED = 1_000_000;

/** Why a run cannot be planned, or undefined when it can. */
export function notPlannable(command: CommandLine, config: LoadTestConfig): string | undefined {
  if (command.mode === 'simple' || !isOpenLoop(command)) return undefined;
  const planned = ((command.rate ?? DEFAULT_RATE) * durationOf(command, config)) / 1_000;
  if (planned <= MOST_PLANNED) return undefined;
  return `the rate times the duration is ${Math.round(planned)} requests; it must be at most ${MOST_PLANNED}`;
}

/** Chooses between five requests, the closed loop of the rush hour, and the open loop. */
export function planRun(command: CommandLine, config: LoadTestConfig): PlannedRun {
  const { seed } = command;
  if (command.mode === 'simple') {
    return {
      title: 'Simple test',
      plan: `five requests, seed ${seed}`,
      expected: { requests: 5 },
      start: (grid, observer, interrupted) => runSimple({ grid, seed, observer, interrupted }),
    };
  }
  const durationMs = durationOf(command, config);
  const limit = config.maxRequests === undefined ? {} : { maxRequests: config.maxRequests };
  const expected = {
    durationMs,
    ...(limit.maxRequests === undefined ? {} : { requests: limit.maxRequests }),
  };
  const seconds = `${durationMs / 1_000} s, seed ${seed}`;
  if (!isOpenLoop(command)) {
    const { workers } = config;
    return {
      title: 'Rush hour',
      plan: `${workers} workers for ${seconds}`,
      expected,
      start: (grid, observer, interrupted) =>
        runRushHour({ grid, seed, workers, durationMs, ...limit, observer, interrupted }),
    };
  }
  const { rate = DEFAULT_RATE, profile = 'rush' } = command;
  return {
    title: `Open loop, ${profile}`,
    plan: `${rate} requests per second on average for ${seconds}`,
    expected,
    start: (grid, observer, interrupted) =>
      runOpenLoop({ grid, seed, rate, profile, durationMs, ...limit, observer, interrupted }),
  };
}

function isOpenLoop({ rate, profile }: CommandLine): boolean {
  return rate !== undefined || profile !== undefined;
}

/** In milliseconds. */
function durationOf({ duration }: CommandLine, config: LoadTestConfig): number {
  return duration === undefined ? config.durationMs : duration * 1_000;
}
