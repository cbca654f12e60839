import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/storage/directory-lock.ts';

const module = new URL('../../src/storage/directory-lock.ts', import.meta.url).href;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridclock-lock-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Starts another process, which takes the directory and keeps it until it is killed by what this returns. */
async function heldByAnother(): Promise<() => Promise<unknown>> {
  const script = `
    import { lockDirectory } from ${JSON.stringify(module)};
    await lockDirectory(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => {}, 1_000);`;
  const child = execa(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module'], {
    input: script,
    reject: false,
  });
  await once(child.stdout, 'data');
  return () => {
    child.kill('SIGKILL');
    return child;
  };
}

describe('the lock of a directory', () => {
  it('keeps other processes out, and goes to one of all that ask at once when its holder was killed', async () => {
    const kill = await heldByAnother();
    await expect(lockDirectory(folder)).rejects.toThrow(`${folder} is in use by another node`);
    await kill();
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(folder)));
    const unlocks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(unlocks).toHaveLength(1);
    await unlocks[0]?.();
    await (await lockDirectory(folder))();
  });
});
