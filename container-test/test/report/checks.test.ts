import { describe, expect, it } from 'vitest';
import { createChecks } from '../../src/report/checks.ts';

function startChecks() {
  const lines: string[] = [];
  const interruption = new AbortController();
  let clock = 0;
  const checks = createChecks({
    print: (line) => lines.push(line),
    now: () => (clock += 500),
    interrupted: interruption.signal,
  });
  return { checks, interruption, lines };
}

describe('createChecks', () => {
  it('prints the result of each check and counts them', async () => {
    const { checks, lines } = startChecks();
    expect(await checks.check('the grid starts', async () => '3 services')).toBe(true);
    expect(
      await checks.check('the store starts', async () => {
        throw new Error('node1 is unhealthy');
      }),
    ).toBe(false);
    expect(lines).toEqual([
      'PASS  the grid starts (0.5 s): 3 services',
      'FAIL  the store starts: node1 is unhealthy',
    ]);
    expect([checks.passed(), checks.failed()]).toEqual([1, 1]);
  });

  it('runs only cleanups after an interruption', async () => {
    const { checks, interruption, lines } = startChecks();
    interruption.abort();
    expect(await checks.check('the grid starts', async () => undefined)).toBe(false);
    expect(await checks.cleanup('the project is removed', async () => undefined)).toBe(true);
    expect(lines).toEqual(['PASS  the project is removed (0.5 s)']);
  });
});
