import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInexactness } from '../../src/verification/space-time/exactness.ts';
import { runClient } from '../support/run-client.ts';
import { readShivizLog } from '../support/shiviz-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe('client.ts soak --report --shiviz', () => {
  it('writes a page and, if no node was killed, an exact log', async () => {
    const [report, shiviz] = [join(directory.path, 'out.html'), join(directory.path, 'out.log')];
    // Too short for any fault.
    const soak = ['soak', '--seconds', '1', '--seed', '1', '--sessions', '2'];
    const { all, exitCode } = await runClient([...soak, '--report', report, '--shiviz', shiviz]);
    expect(all).toContain(`log                  ${shiviz}`);
    expect(exitCode).toBe(0);
    const log = readShivizLog(await readFile(shiviz, 'utf8'));
    expect(findInexactness(log)).toBeUndefined();
    expect(log.some(({ event }) => event.startsWith('deliver hot'))).toBe(true);
    const page = await readFile(report, 'utf8');
    expect(page).toContain('3 nodes, 2 sessions, seed 1');
    expect(page).toContain('Every guarantee held');
  });

  it('zooms into each fault, with its recovery and the events around it', async () => {
    const report = join(directory.path, 'faults.html');
    const soak = ['soak', '--seconds', '8', '--seed', '3', '--sessions', '4'];
    const { all, exitCode } = await runClient([...soak, '--report', report]);
    expect(exitCode).toBe(0);
    const page = await readFile(report, 'utf8');
    const injected = Number(/faults +(\d+):/.exec(all ?? '')?.[1]);
    expect(injected).toBeGreaterThan(0);
    expect(page.match(/class="card fault-view"/g)).toHaveLength(injected);
    expect(page.match(/<a class="band" href="#fault-/g)).toHaveLength(injected);
    // The run ends healed, so that every fault has a time of recovery.
    expect(page).not.toContain('not before the end of the run');
    expect(page).toMatch(/recovered <b>after [\d.]+ m?s/);
    expect(page).toMatch(/class="mark (write|deliver|send|start)/);
  });
});
