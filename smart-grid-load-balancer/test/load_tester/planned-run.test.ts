import { describe, expect, it } from 'vitest';
import type { CommandLine } from '../../load_tester/command-line.ts';
import { readConfig } from '../../load_tester/config.ts';
import { findPlanProblem, planRun } from '../../load_tester/traffic/planned-run.ts';

const config = readConfig({});
const simple: CommandLine = { mode: 'simple', seed: 1 };
const rush: CommandLine = { mode: 'rush', seed: 1 };

const refusal = 'simple sends five requests: --rate, --profile and --duration do not apply to it.';

describe('findPlanProblem', () => {
  it.each([{ rate: 5 }, { profile: 'spike' as const }, { duration: 10 }])(
    'refuses simple with %j',
    (option) => {
      expect(findPlanProblem({ ...simple, ...option }, config)).toBe(refusal);
      expect(findPlanProblem({ ...rush, ...option }, config)).toBeUndefined();
    },
  );

  it('allows simple with options of the report', () => {
    const report = { json: true as const, html: 'report.html', minAccepted: 0.5, maxP99Ms: 250 };
    expect(findPlanProblem({ ...simple, ...report }, config)).toBeUndefined();
  });

  it('refuses more requests than fit in memory, by the duration of either source', () => {
    expect(findPlanProblem({ ...rush, rate: 1_000, duration: 1_000 }, config)).toBeUndefined();
    expect(findPlanProblem({ ...rush, rate: 1_000, duration: 1_001 }, config)).toMatch(/1001000 requests/);
    expect(findPlanProblem({ ...rush, rate: 1_000 }, { ...config, durationMs: 2_000_000 })).toMatch(
      /2000000 requests; at most 1000000 are possible/,
    );
  });
});

describe('planRun', () => {
  it.each([
    [simple, 'Simple test', 'five requests, seed 1'],
    [rush, 'Rush hour', '10 workers for 60 s, seed 1'],
    [{ ...rush, rate: 4 }, 'Open loop, rush', '4 requests per second on average for 60 s, seed 1'],
    [
      { ...rush, profile: 'ramp' as const, duration: 5 },
      'Open loop, ramp',
      '10 requests per second on average for 5 s, seed 1',
    ],
  ])('describes the run of %j', (command, title, plan) => {
    expect(planRun(command, config)).toMatchObject({ title, plan });
  });
});
