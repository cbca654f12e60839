import { cp, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlace } from '@gridclock/durable-tables/lmdb';
import { describe, expect, it } from 'vitest';
import { backUp } from '../../src/storage/lmdb-backup.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const data = () => join(directory.path, 'data');
const copy = () => join(directory.path, 'copy');
const places = async () => (await readdir(data())).filter((file) => file.startsWith('place-'));
const identity = { id: 'node1', caughtUp: true };
const open = (path = data()) => LmdbStorage.open(path, 'node1');

/** Runs a node that decides on its id, and returns whether its data was in place. */
async function run(path = data(), during: () => Promise<unknown> = async () => {}): Promise<boolean> {
  const storage = await open(path);
  await storage.adopt({ ...identity, pending: [] });
  await storage.adopt(identity);
  await during();
  await storage.commit([write('node1', (storage.clock.node1 ?? 0) + 1)]);
  await storage.close();
  return storage.inPlace;
}

const copyData = () => cp(data(), copy(), { recursive: true, preserveTimestamps: true });

describe('data in a directory', () => {
  it('is in place after restarts, with one place file', async () => {
    expect([await run(), await run(), await run()]).toEqual([false, true, true]);
    expect(await places()).toHaveLength(1);
  });

  it('stays in place when its directory is renamed', async () => {
    await run();
    await rename(data(), copy());
    expect(await run(copy())).toBe(true);
  });

  it.each([
    { when: 'while it ran', during: copyData, after: async () => {} },
    { when: 'after it stopped', during: async () => {}, after: copyData },
  ])('is not in place once copied back $when', async ({ during, after }) => {
    await run(data(), during);
    await after();
    await rm(data(), { recursive: true });
    await cp(copy(), data(), { recursive: true, preserveTimestamps: true });
    expect([await run(), await run()]).toEqual([false, true]);
  });

  it.each([{ files: ['.'] }, { files: ['data.mdb'] }, { files: ['data.mdb', 'clean-shutdown'] }])(
    'is not in place once $files of a copy overwrite it',
    async ({ files }) => {
      await run();
      await copyData();
      await run();
      await run(data(), async () => {
        await rm(copy(), { recursive: true });
        await copyData();
      });
      for (const file of files)
        await cp(join(copy(), file), join(data(), file), { recursive: true, force: true }).catch(() => {});
      expect([await run(), await run()]).toEqual([false, true]);
    },
  );

  it('is not in place once a backup overwrites it, which has no place file', async () => {
    await run(data(), () => backUp(data(), copy()));
    expect(await readdir(copy())).not.toContainEqual(expect.stringMatching(/^place-/));
    await cp(join(copy(), 'data.mdb'), join(data(), 'data.mdb'));
    expect(await run()).toBe(false);
  });

  it('is not in place after its place file was removed or changed', async () => {
    await run();
    for (const file of await places()) await utimes(join(data(), file), 1, 1);
    expect(await run()).toBe(false);
    for (const file of await places()) await rm(join(data(), file));
    expect(await run()).toBe(false);
  });

  it('stays a copy over starts that do not decide on an id', async () => {
    await run();
    await copyData();
    for (const decided of [false, false, true]) {
      const storage = await open(copy());
      expect(storage.inPlace).toBe(false);
      await storage.adopt(decided ? identity : { ...identity, pending: [] });
      await storage.close();
    }
    expect(await run(copy())).toBe(true);
  });

  it('stays in place when a start ends before it records a new place', async () => {
    await run();
    await createPlace(data());
    expect(await places()).toHaveLength(2);
    await mkdir(copy());
    await copyData();
    expect([await run(copy()), await run()]).toEqual([false, true]);
    expect(await places()).toHaveLength(1);
  });
});
