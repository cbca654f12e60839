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
    expect(await readFile(report, 'utf8')).toContain('3 nodes, 2 sessions, seed 1');
  });
});
