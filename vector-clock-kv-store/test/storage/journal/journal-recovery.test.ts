import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedDataError } from '@gridclock/durable-tables/lmdb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournaledStorage } from '../../../src/storage/journal/journaled-storage.ts';
import { MemoryStorage } from '../../../src/storage/memory-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { noLimit, write } from '../../support/sample-write.ts';
import { openJournaled } from '../../support/storage-kinds.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const data = () => join(directory.path, 'data');
const crashed = () => join(directory.path, 'crashed');

const journals = async (path: string) => (await readdir(path)).filter((name) => name.startsWith('journal-'));

/** Copies the files as a crash leaves them; once more if a journal file was removed meanwhile. */
async function crash(): Promise<string> {
  await rm(crashed(), { recursive: true, force: true });
  const isWhole = await cp(data(), crashed(), { recursive: true }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  return isWhole ? crashed() : crash();
}

function contents(storage: Storage) {
  const { clock, pruned, tombstones } = storage;
  const log = Object.keys(clock).map((id) => storage.log(id, pruned[id] ?? 0, noLimit));
  return { clock, pruned, tombstones, log, keys: [...storage.scan()].sort() };
}

/** Opens what a crash left. Returns its contents. */
async function recover(path: string) {
  const storage = await JournaledStorage.open(path, 'node1');
  const found = contents(storage);
  await storage.close();
  return found;
}

/** Commits writes, the last ones of them only to the journal. Returns their number. */
async function commitSome(storage: Storage, count: number): Promise<void> {
  for (let counter = 1; counter <= count; counter++) await storage.commit([write('node1', counter)]);
}

describe('a data directory with a journal', () => {
  it('has every committed write after a crash', async () => {
    const storage = await openJournaled(data());
    await commitSome(storage, 3);
    const after = await recover(await crash());
    expect(after.clock).toEqual({ node1: 3 });
    expect(after).toEqual(contents(storage));
    await storage.close();
  });

  it('has no file of a journal that was being created at a crash, once it is closed', async () => {
    const storage = await openJournaled(data());
    await storage.close();
    await writeFile(join(data(), 'journal-1'), Buffer.alloc(64 * 1024));
    await recover(data());
    expect(await journals(data())).toEqual([]);
  });

  it('has the same as a storage in memory, whatever happened before a crash', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ commit: fc.integer({ min: 1, max: 60 }), key: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ large: fc.integer({ min: 60_000, max: 90_000 }) }) },
      { weight: 1, arbitrary: fc.record({ pruneTo: fc.double({ min: 0, max: 1, noNaN: true }) }) },
      { weight: 1, arbitrary: fc.constant({ drop: true }) },
      { weight: 1, arbitrary: fc.constant({ crash: true }) },
      { weight: 1, arbitrary: fc.constant({ reopen: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await rm(data(), { recursive: true, force: true });
        let storage = await openJournaled(data());
        const model = new MemoryStorage();
        let counter = 0;
        for (const action of steps) {
          if ('commit' in action || 'large' in action) {
            const count = 'commit' in action ? action.commit : 1;
            const writes = Array.from({ length: count }, () => {
              counter++;
              const value =
                counter % 7 === 0 ? null : 'v'.repeat('large' in action ? action.large : counter % 90);
              const key = `key-${('key' in action ? action.key : 0) + (counter % 5)}`;
              return { sender: 'node1', key, value, vc: { node1: counter } };
            });
            for (const kind of [storage, model]) await kind.commit(writes);
          } else if ('pruneTo' in action) {
            for (const kind of [storage, model])
              await kind.prune({ node1: Math.floor(action.pruneTo * counter) });
          } else if ('drop' in action) {
            for (const kind of [storage, model]) await kind.dropTombstones({ node1: counter });
          } else if ('reopen' in action) {
            await storage.close();
            expect(await journals(data())).toEqual([]);
            storage = await openJournaled(data());
          } else {
            expect(await recover(await crash())).toEqual(contents(model));
            await storage.close();
            await rm(data(), { recursive: true });
            await rename(crashed(), data());
            storage = await JournaledStorage.open(data(), 'node1');
          }
          expect(contents(storage)).toEqual(contents(model));
        }
        const snapshot = storage.openSnapshot();
        const paged = [];
        for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
          const page = snapshot.page(cursor, 200);
          paged.push(...page.keys);
          cursor = page.next;
        }
        snapshot.close();
        expect(paged).toEqual(contents(model).keys);
        await storage.close();
      }),
      { numRuns: 6 },
    );
  });

  it('writes most of it to the database meanwhile, and needs few files', async () => {
    const storage = await openJournaled(data());
    for (let commit = 0; commit < 300; commit++) {
      const value = 'v'.repeat(9_000);
      await storage.commit([1, 2, 3].map((number) => write('node1', 3 * commit + number, 'x', value)));
    }
    // 8 MB in files of 2 MiB: one in use, one for what the database lacks, one ahead.
    expect((await journals(data())).length).toBeLessThanOrEqual(3);
    expect((await recover(await crash())).clock).toEqual({ node1: 900 });
    await storage.close();
  });

  it('is whole after a second crash before anything was written', async () => {
    const storage = await openJournaled(data());
    await commitSome(storage, 5);
    const path = await crash();
    await storage.close();
    for (let start = 0; start < 3; start++) {
      const again = await JournaledStorage.open(path, 'node1');
      expect(again.clock).toEqual({ node1: 5 });
      await cp(path, `${path}-${start}`, { recursive: true });
      await again.close();
      expect((await recover(`${path}-${start}`)).clock).toEqual({ node1: 5 });
    }
  });
});

describe('a journal that is not as it was written', () => {
  async function crashWith(change: (file: string, bytes: Buffer) => Promise<void>): Promise<string> {
    const storage = await openJournaled(data());
    await storage.adopt({ id: 'node1', caughtUp: true });
    await commitSome(storage, 4);
    const path = await crash();
    await storage.close();
    const file = join(path, 'journal-1');
    await change(file, await readFile(file));
    return path;
  }

  it('is named, and the data recovers without it as an earlier copy', async () => {
    const path = await crashWith(async (file, bytes) => {
      bytes.writeUInt8(bytes.readUInt8(560) ^ 1, 560);
      await writeFile(file, bytes);
    });
    const file = join(path, 'journal-1');
    const opening = () => JournaledStorage.open(path, 'node1');
    await expect(opening()).rejects.toThrow(DamagedDataError);
    await expect(opening()).rejects.toThrow(`${file} is damaged: the record at byte 512`);
    await rename(file, `${file}.damaged`);
    const storage = await opening();
    expect(storage.clock).toEqual({});
    expect(storage.inPlace).toBe(false);
    await storage.close();
  });

  it('is damaged if it ends before what the data file has of it', async () => {
    let earlier = Buffer.alloc(0);
    const storage = await openJournaled(data());
    await commitSome(storage, 2);
    earlier = await readFile(join(data(), 'journal-1'));
    for (let counter = 3; counter <= 5; counter++) await storage.commit([write('node1', counter)]);
    // Brings all to the database.
    await storage.dropTombstones({});
    const path = await crash();
    await storage.close();
    await writeFile(join(path, 'journal-1'), earlier);
    await expect(JournaledStorage.open(path, 'node1')).rejects.toThrow(
      'its records end at 2, but the data file has 5',
    );
  });

  it('is damaged if a file between others is missing', async () => {
    const storage = await openJournaled(data());
    const value = 'v'.repeat(60_000);
    let counter = 0;
    while ((await journals(data())).length < 2 || counter < 40)
      await storage.commit([write('node1', ++counter, 'x', value)]);
    const path = await crash();
    await storage.close();
    const [first = ''] = (await journals(path)).sort();
    await rm(join(path, first));
    const outcome = await JournaledStorage.open(path, 'node1').catch((error: unknown) => error);
    if (outcome instanceof JournaledStorage) {
      // All that the missing file had is in the database, and the next one is empty.
      expect(outcome.inPlace).toBe(false);
      await outcome.close();
    } else expect(String(outcome)).toContain('which belongs before it, is missing');
  });

  it('of another data file is left out, and removed', async () => {
    const path = await crashWith(async () => {});
    await rm(join(path, 'data.mdb'));
    const storage = await openJournaled(path);
    expect(storage.clock).toEqual({});
    await storage.commit([write('node1', 1)]);
    expect(await journals(path)).toEqual(['journal-1']);
    expect((await recover(await copyOf(path))).clock).toEqual({ node1: 1 });
    await storage.close();
  });

  async function copyOf(path: string): Promise<string> {
    await cp(path, `${path}-copy`, { recursive: true });
    return `${path}-copy`;
  }
});
