import { cp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasDataFile, removeUnfinished } from '@gridclock/durable-tables/lmdb';
import { describe, expect, it } from 'vitest';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const file = () => join(directory.path, 'data.mdb');
const mark = () => join(directory.path, 'clean-shutdown');

async function storeAndClose(): Promise<void> {
  const storage = await LmdbStorage.open(directory.path, 'node1');
  await storage.commit([write('node1', 1)]);
  await storage.close();
}

/** Opens and closes the storage. Returns what it checked. */
async function openAgain() {
  const storage = await LmdbStorage.open(directory.path, 'node1');
  await storage.close();
  return storage.check;
}

describe('the check of the data file', () => {
  it('is skipped after a clean shutdown', async () => {
    await storeAndClose();
    expect(await openAgain()).toBeUndefined();
  });

  it('is made after a crash, of which no mark remains', async () => {
    await storeAndClose();
    await rm(mark());
    expect((await openAgain())?.records).toBeGreaterThan(2);
  });

  it('is made if the file was changed or replaced, also with its old times', async () => {
    await storeAndClose();
    await utimes(file(), new Date(0), new Date(0));
    expect(await openAgain()).toBeDefined();
    await cp(file(), `${file()}.copy`, { preserveTimestamps: true });
    await rename(`${file()}.copy`, file());
    expect(await openAgain()).toBeDefined();
  });

  it('is made after a crash of a process that found the mark', async () => {
    await storeAndClose();
    const storage = await LmdbStorage.open(directory.path, 'node1');
    await expect(cp(mark(), `${mark()}.copy`)).rejects.toThrow('ENOENT');
    await storage.close();
  });
});

describe('a new data file that could not be created', () => {
  it('is removed, so that it does not look damaged later', async () => {
    await writeFile(file(), '');
    await removeUnfinished(directory.path);
    expect(await hasDataFile(directory.path)).toBe(false);
    await writeFile(file(), 'data');
    await removeUnfinished(directory.path);
    expect(await hasDataFile(directory.path)).toBe(true);
  });
});
