import { cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Key, open } from 'lmdb';
import { describe, expect, it } from 'vitest';
import { backUp } from '../../src/storage/lmdb-backup.ts';
import { LmdbMeta } from '../../src/storage/lmdb-meta.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const folder = (name: string) => join(directory.path, name);

const run = (from: number, to: number, sender = 'a') =>
  Array.from({ length: to - from + 1 }, (_, index) => write(sender, from + index, `key-${index % 7}`));

/** Opens data whose log of 60 writes is in blocks, besides two single writes. */
async function opened(path = folder('data')) {
  const storage = await LmdbStorage.open(path, 'node1');
  await storage.commit([write('a', 1)]);
  await storage.commit([...run(2, 30), ...run(1, 10, 'b'), ...run(31, 61)]);
  await storage.commit([write('a', 62)]);
  return storage;
}

/** Copies data as a killed process leaves it, so that it is read from the disk. */
async function killed() {
  const storage = await opened();
  await cp(folder('data'), folder('killed'), { recursive: true });
  await storage.close();
  return LmdbStorage.open(folder('killed'), 'node1');
}

/** What earlier releases see: the marks, and the keys of the log. */
async function seenIn(path: string) {
  const root = open<unknown, Key>({ path, noSubdir: false, maxDbs: 6 });
  const meta = new LmdbMeta(root, 'data.mdb');
  const log = root.openDB<Buffer, [string, number]>({ name: 'log', encoding: 'binary' });
  const seen = {
    format: meta.get('format'),
    owner: meta.get('owner'),
    numbers: [...log.getKeys({ start: ['a', 0], end: ['b', 0] })].map(([, number]) => number),
    blocks: [...log.getRange()].filter(({ value }) => value.includes('[{')).length,
    bytes: [...log.getRange()].reduce((sum, { value }) => sum + value.length, 0),
    logBytes: meta.get('logBytes'),
  };
  await root.close();
  return seen;
}

const counters = (storage: LmdbStorage, after: number, limit = noLimit) =>
  storage.log('a', after, limit).map(({ vc }) => vc.a);

const numbers = (from: number, to: number) => run(from, to).map(({ vc }) => vc.a);

describe('a log with blocks', () => {
  it('is read from any write on, up to a limit', async () => {
    const storage = await killed();
    expect(counters(storage, 0)).toEqual(numbers(1, 62));
    expect(counters(storage, 29, { ...noLimit, writes: 4 })).toEqual(numbers(30, 33));
    expect(counters(storage, 61)).toEqual([62]);
    expect(storage.log('b', 3, noLimit)).toEqual(
      run(4, 10, 'b').map((one, index) => ({ ...one, key: `key-${(index + 3) % 7}` })),
    );
    await storage.close();
  });

  it('can be pruned to any write, and gives its room back with the last one of a block', async () => {
    const storage = await killed();
    const before = storage.logBytes;
    await storage.prune({ a: 20 });
    const single = before - storage.logBytes;
    expect([storage.pruned, counters(storage, 0)]).toEqual([{ a: 20 }, numbers(21, 62)]);
    expect(counters(storage, 25)).toEqual(numbers(26, 62));
    await storage.prune({ a: 61 });
    expect(before - storage.logBytes).toBeGreaterThan(30 * single);
    expect(counters(storage, 0)).toEqual([62]);
    await storage.prune({ a: 62, b: 10 });
    expect(storage.logBytes).toBe(0);
    await storage.close();
  });

  it('shares the size of a block among its writes', async () => {
    const storage = await killed();
    const sum = (sizes: Iterable<number>) => [...sizes].reduce((all, size) => all + size, 0);
    expect([...storage.logSizes('a', 0)]).toHaveLength(62);
    expect(sum(storage.logSizes('a', 0)) + sum(storage.logSizes('b', 0))).toBeCloseTo(storage.logBytes);
    await storage.prune({ a: 20 });
    expect(sum(storage.logSizes('a', 0)) + sum(storage.logSizes('b', 0))).toBeCloseTo(storage.logBytes);
    await storage.close();
  });

  it('keeps no view of the data for sizes that are not all read', async () => {
    const storage = await opened();
    for (let times = 0; times < 40; times++) {
      const [size] = [...storage.logSizes('a', 0)];
      const unread = storage.logSizes('a', 0)[Symbol.iterator]();
      expect(unread.next().value).toBe(size);
      await storage.commit([write('c', times + 1, 'x', 'v'.repeat(200_000))]);
      await storage.prune({ c: times });
    }
    // A few versions of the data; with all of them it has 16 MB.
    expect((await stat(join(folder('data'), 'data.mdb'))).size).toBeLessThan(4_000_000);
    await storage.close();
  });

  it('is marked for earlier releases, which cannot read it, until a clean stop', async () => {
    const storage = await opened();
    await cp(folder('data'), folder('killed'), { recursive: true });
    expect(await seenIn(folder('killed'))).toMatchObject({
      format: 3,
      owner: expect.stringMatching(/^node1, with a journal that this release cannot read/),
      blocks: 2,
    });
    await storage.close();
    const seen = await seenIn(folder('data'));
    expect(seen).toMatchObject({ format: 1, owner: 'node1', numbers: numbers(1, 62), blocks: 0 });
    expect(seen.logBytes).toBe(seen.bytes);
  });

  it('is stored without blocks in a backup', async () => {
    const storage = await opened();
    await backUp(folder('data'), folder('backup'));
    await storage.close();
    const seen = await seenIn(folder('backup'));
    expect(seen).toMatchObject({ format: 1, owner: 'node1', numbers: numbers(1, 62), blocks: 0 });
    expect(seen.logBytes).toBe(seen.bytes);
  });

  it('leaves nothing of pruned writes behind at a clean stop', async () => {
    const storage = await killed();
    await storage.prune({ a: 20, b: 4 });
    await storage.close();
    const seen = await seenIn(folder('killed'));
    expect(seen.numbers).toEqual(numbers(21, 62));
    expect(seen.logBytes).toBe(seen.bytes);
    const reopened = await LmdbStorage.open(folder('killed'), 'node1');
    await reopened.prune({ a: 62, b: 10 });
    expect(reopened.logBytes).toBe(0);
    await reopened.close();
  });

  it('is the same after a clean stop', async () => {
    await (await killed()).close();
    const storage = await LmdbStorage.open(folder('killed'), 'node1');
    expect(counters(storage, 0)).toEqual(numbers(1, 62));
    await storage.commit(run(63, 80));
    expect(counters(storage, 60)).toEqual(numbers(61, 80));
    await storage.close();
  });
});
