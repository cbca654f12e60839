import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../load_tester/judge/probes/probe.ts';
import { runProbe } from '../../../load_tester/judge/run-probe.ts';
import { contractDialect } from '../../../load_tester/judge/system/dialect.ts';

/** Runs a probe that fails while the judge is held up. @returns how often it was run */
async function runsOf(role: Probe['role']): Promise<number> {
  let runs = 0;
  const probe: Probe = {
    property: 'herd',
    role,
    summary: 'fails while the judge is held up',
    why: 'It is wrong.',
    async run({ check }) {
      runs += 1;
      await sleep(50);
      const until = performance.now() + 400;
      while (performance.now() < until);
      await sleep(50);
      check(false, 'it is right');
    },
  };
  const { outcome } = await runProbe(probe, { count: 3, dialect: contractDialect });
  expect(outcome).toBe('failed');
  return runs;
}

describe('runProbe', () => {
  it('repeats a failure that may come from the judge, which was held up', async () => {
    expect(await runsOf('balancer')).toBe(3);
  });

  it('does not repeat one at a running grid, which has the sessions of the first time', async () => {
    expect(await runsOf('running')).toBe(1);
  });
});
