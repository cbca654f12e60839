import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gridclock/local-service';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { startCommand } from '../support/procedures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const directory = temporaryDirectory();

it('starts a node by the command of docs/operations.md, which SIGTERM to it stops', async () => {
  const [program = '', ...parameters] = startCommand.split(' ');
  const port = await freePort();
  const child = execa(program, parameters, {
    cwd: repository,
    env: { NODE_ID: 'node1', PORT: String(port), DATA_DIR: directory.path },
    // A group, so that nothing stays behind if this test fails.
    detached: true,
    reject: false,
    stdio: 'ignore',
  });
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined))?.status === 200;
  try {
    await expect.poll(isReady, { timeout: 30_000 }).toBe(true);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await isReady()).toBe(false);
    expect((await child).exitCode).toBe(0);
  } finally {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  }
});
