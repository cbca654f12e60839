import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../../src/storage/journal/read-records.ts';
import { addRecords } from '../../../src/storage/lmdb-records.ts';
import { LmdbStorage } from '../../../src/storage/lmdb-storage.ts';
import { noLimit, write } from '../../support/sample-write.ts';
import { openJournaled } from '../../support/storage-kinds.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const data = () => join(directory.path, 'data');
const copy = () => join(directory.path, 'copy');

/** Copies the files of a storage with some writes while it is open. */
async function copyWith(...counters: number[]): Promise<string> {
  const storage = await openJournaled(data());
  for (const counter of counters) await storage.commit([write('node1', counter)]);
  await cp(data(), copy(), { recursive: true });
  await storage.close();
  return copy();
}

describe('a journal', () => {
  it('gives a backup the records up to a gap only', async () => {
    const path = await copyWith(1, 2, 3, 4);
    const records = await readRecords(path);
    await addRecords(
      path,
      records.filter(({ sequence }) => sequence !== 3),
    );
    const restored = await LmdbStorage.open(path, 'node1');
    expect(restored.clock).toEqual({ node1: 2 });
    expect(restored.log('node1', 0, noLimit)).toHaveLength(2);
    await restored.close();
  });

  it('that cannot be read fails a backup', async () => {
    const path = await copyWith(1);
    await rm(join(path, 'journal-1'));
    await mkdir(join(path, 'journal-1'));
    await expect(readRecords(path)).rejects.toThrow('EISDIR');
  });

  it('gives the log after writes that were pruned', async () => {
    const storage = await openJournaled(data());
    for (let counter = 1; counter <= 4; counter++) await storage.commit([write('node1', counter)]);
    await storage.prune({ node1: 4 });
    for (let counter = 5; counter <= 6; counter++) await storage.commit([write('node1', counter)]);
    expect(storage.log('node1', 0, noLimit).map(({ value }) => value)).toEqual([5, 6]);
    await storage.close();
  });

  it('keeps its writes out of the database while older ones are pruned', async () => {
    const storage = await openJournaled(data());
    for (let counter = 1; counter <= 4; counter++) await storage.commit([write('node1', counter)]);
    await storage.prune({ node1: 3 });
    for (let counter = 5; counter <= 6; counter++) await storage.commit([write('node1', counter)]);
    await storage.prune({ node1: 4 });
    expect(storage.pruned).toEqual({ node1: 4 });
    await cp(data(), copy(), { recursive: true });
    await storage.close();
    const database = await LmdbStorage.open(copy(), 'node1');
    expect(database.clock).toEqual({ node1: 4 });
    await database.close();
  });
});

describe('a snapshot during a commit', () => {
  it('has the clock of its versions', async () => {
    const storage = await openJournaled(data());
    const large = 'v'.repeat(70_000);
    for (let attempt = 0; attempt < 40; attempt++) {
      const counter = attempt + 1;
      const done = storage.commit([write('node1', counter, 'x', `${counter}${large}`)]);
      for (let turn = 0; turn < attempt % 10; turn++) await new Promise(setImmediate);
      // Nothing is reported meanwhile, but LMDB's thread goes on.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 + attempt);
      const snapshot = storage.openSnapshot();
      const found = snapshot.page(undefined, 1).keys.at(0)?.[1][0]?.vc ?? {};
      expect(snapshot.clock).toEqual(found);
      expect(storage.clock).toEqual(found);
      snapshot.close();
      await done;
    }
    await storage.close();
  });
});
