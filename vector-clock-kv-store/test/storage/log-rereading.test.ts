import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../src/storage/encoded-write.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** A storage whose log is in the database only. */
async function reopened() {
  const before = await LmdbStorage.open(directory.path, 'node1');
  await before.commit([1, 2, 3].map((counter) => write('node1', counter)));
  await before.close();
  return LmdbStorage.open(directory.path, 'node1');
}

describe('a log that is read again from the database', () => {
  it('parses a write once for all readers, and keeps its JSON', async () => {
    const storage = await reopened();
    const [first] = storage.log('node1', 1, noLimit);
    expect(first).toEqual(write('node1', 2));
    expect(storage.log('node1', 1, noLimit)[0]).toBe(first);
    expect(first && jsonOf(first)).toBe(JSON.stringify(write('node1', 2)));
    await storage.close();
  });

  it('keeps new writes in memory once somebody has read the log of their node', async () => {
    const storage = await reopened();
    const [next, last] = [write('node1', 4), write('node1', 5)];
    await storage.commit([next]);
    expect(storage.log('node1', 3, noLimit)[0]).not.toBe(next);
    await storage.commit([last]);
    expect(storage.log('node1', 4, noLimit)[0]).toBe(last);
    expect(storage.log('node1', 3, noLimit)).toEqual([next, last]);
    await storage.close();
  });

  it('is read up to the limit, from where it was read before and behind that', async () => {
    const storage = await reopened();
    expect(storage.log('node1', 0, { writes: 2, bytes: 1_000 })).toHaveLength(2);
    expect(storage.log('node1', 0, noLimit).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(storage.log('node1', 1, { writes: 2, bytes: 1 })).toEqual([write('node1', 2)]);
    await storage.close();
  });

  it('has no writes that were removed meanwhile', async () => {
    const storage = await reopened();
    expect(storage.log('node1', 0, noLimit)).toHaveLength(3);
    await storage.prune({ node1: 2 });
    expect(storage.log('node1', 0, noLimit)).toEqual([write('node1', 3)]);
    await storage.close();
  });
});
