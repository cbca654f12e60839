import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe('client.ts soak', () => {
  it('prints the same planned faults for the same seed', async () => {
    const [first, again, other] = await Promise.all([
      runClient(['soak', '--plan', '--seed', '5'], { TMPDIR: directory.path }),
      runClient(['soak', '--plan', '--seed', '5'], { TMPDIR: directory.path }),
      runClient(['soak', '--plan', '--seed', '6'], { TMPDIR: directory.path }),
    ]);
    expect(first.all).toContain('soak --seconds 60 --seed 5 --nodes-count 3');
    expect(first.all).toMatch(/\d\.\d s: kill node\d/);
    expect(again.all).toBe(first.all);
    expect(other.all).not.toBe(first.all);
  });

  it('checks nodes under faults and removes their data', async () => {
    const { all, exitCode } = await runClient(['soak', '--seconds', '6', '--seed', '1', '--sessions', '8'], {
      TMPDIR: directory.path,
    });
    expect(all).toMatch(/writes lost +0/);
    expect(all).toMatch(/pattern violations +none/);
    expect(all).toMatch(/session violations +0/);
    expect(all).toMatch(/replicas equal +yes/);
    expect(all).toContain('PASS');
    expect(exitCode).toBe(0);
    expect(await readdir(directory.path)).not.toContainEqual(expect.stringContaining('gridclock'));
  }, 150_000);

  it('rejects an unsupported number of nodes', async () => {
    const { all, exitCode } = await runClient(['soak', '--nodes-count', '2'], { TMPDIR: directory.path });
    expect(all).toContain('--nodes-count');
    expect(all).toContain('from 3 to 5');
    expect(exitCode).toBe(1);
  });
});

describe('client.ts simulate', () => {
  it('prints its result as JSON with --json', async () => {
    const { stdout, exitCode } = await runClient(['simulate', '--schedules', '3', '--seed', '7', '--json'], {
      TMPDIR: directory.path,
    });
    expect(JSON.parse(stdout)).toMatchObject({ schedules: 3, seed: 7, failed_seeds: [] });
    expect(exitCode).toBe(0);
  });

  it('checks the requested number of schedules and counts their faults', async () => {
    const { all, exitCode } = await runClient(['simulate', '--schedules', '20', '--seed', '1'], {
      TMPDIR: directory.path,
    });
    expect(all).toMatch(/schedules +20 in/);
    expect(all).toMatch(/faults +\d+: .*kill/);
    expect(all).toContain('PASS');
    expect(exitCode).toBe(0);
  });
});
