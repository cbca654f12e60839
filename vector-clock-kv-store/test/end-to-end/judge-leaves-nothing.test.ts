import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgedNode } from '../support/judged-nodes/faults.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** In milliseconds; on a busy machine. */
const WITHIN = { timeout: 60_000 };

const dataDirectories = async () =>
  (await readdir(directory.path)).filter((name) => name.startsWith('gridclock-judge-'));

describe('client.ts judge', { timeout: 300_000 }, () => {
  it.for(['SIGINT', 'SIGKILL'] as const)('leaves no program and no data behind at a %s', async (signal) => {
    const pids = join(directory.path, 'pids');
    const command = `echo $$ >> ${pids}; exec ${judgedNode('node', 'node.mjs')}`;
    const args = ['judge', '--only', 'restart', '--node', command];
    const client = runClient(args, { TMPDIR: directory.path });
    const hasStarted = () => readFile(pids, 'utf8').catch(() => '');
    await expect.poll(hasStarted, WITHIN).toMatch(/\n.*\n/);
    expect(await dataDirectories()).not.toEqual([]);
    client.kill(signal);
    expect(await client).toMatchObject(signal === 'SIGINT' ? { exitCode: 130 } : { signal });
    const started = (await readFile(pids, 'utf8')).trim().split('\n');
    await expect.poll(() => started.filter(isRunning), WITHIN).toEqual([]);
    await expect.poll(dataDirectories, WITHIN).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'ends what a program puts into the background, and exits',
    async () => {
      const pids = join(directory.path, 'pids');
      const program = join(directory.path, 'daemon.mjs');
      await writeFile(
        program,
        `import { spawn } from 'node:child_process';
       import { appendFileSync } from 'node:fs';
       const child = spawn('sleep', ['600'], { detached: true, stdio: 'inherit' });
       appendFileSync(${JSON.stringify(pids)}, child.pid + '\\n');
       await import(${JSON.stringify(new URL('../support/judged-nodes/node.mjs', import.meta.url).href)});`,
      );
      const { exitCode, stdout } = await runClient([
        'judge',
        '--only',
        'replication',
        '--node',
        `node ${program}`,
      ]);
      expect(exitCode, stdout).toBe(0);
      const started = (await readFile(pids, 'utf8')).trim().split('\n');
      expect(started.length).toBeGreaterThan(1);
      await expect.poll(() => started.filter(isRunning), WITHIN).toEqual([]);
    },
  );
});

function isRunning(pid: string): boolean {
  try {
    // A zombie has exited; its parent, which need not be this process, has not noticed yet.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
