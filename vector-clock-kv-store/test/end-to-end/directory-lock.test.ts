import { once } from 'node:events';
import { lockDirectory } from '@gridclock/durable-tables/lmdb';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const module = import.meta.resolve('@gridclock/durable-tables/lmdb');

const directory = temporaryDirectory();

/** Starts a process that locks the directory. */
async function lockInAnotherProcess(): Promise<{ pid: number | undefined; kill: () => Promise<unknown> }> {
  const script = `
    import { lockDirectory } from ${JSON.stringify(module)};
    await lockDirectory(${JSON.stringify(directory.path)});
    console.log('locked');
    setInterval(() => {}, 1_000);`;
  const child = execa(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module'], {
    input: script,
    reject: false,
  });
  await once(child.stdout, 'data');
  const kill = () => {
    child.kill('SIGKILL');
    return child;
  };
  return { pid: child.pid, kill };
}

describe('lockDirectory', () => {
  it('excludes other processes, and one of ten succeeds after the holder is killed', async () => {
    const { pid, kill } = await lockInAnotherProcess();
    await expect(lockDirectory(directory.path)).rejects.toThrow(
      `${directory.path} is in use by another process (pid ${pid}). Stop it`,
    );
    await kill();
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () => lockDirectory(directory.path)),
    );
    const unlocks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(unlocks).toHaveLength(1);
    await unlocks[0]?.();
    await (await lockDirectory(directory.path))();
  });
});
