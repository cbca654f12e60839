import { copyFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLmdbFile, DamagedFileError } from '@gridclock/durable-tables/lmdb';
import { SeededRandom } from '@gridclock/simulation-kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { damageFile, damageKinds } from '../support/damage-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
let file: string;

/** Stores, overwrites, deletes and prunes, so that the file has trees of several levels, large values and free pages. */
async function fill(path: string): Promise<void> {
  const storage = await LmdbStorage.open(path, 'node1');
  let counter = 0;
  for (let commit = 0; commit < 60; commit++) {
    const writes = Array.from({ length: 20 }, () => {
      counter++;
      const value = counter % 9 === 0 ? null : 'v'.repeat(counter % 50 === 0 ? 9_000 : 40) + counter;
      return { sender: 'node1', key: `key-${(counter * 7) % 400}`, value, vc: { node1: counter } };
    });
    await storage.commit(writes);
    if (commit % 10 === 9) await storage.prune({ node1: counter - 300 });
  }
  await storage.dropTombstones({ node1: counter });
  await storage.close();
}

async function contents(path: string) {
  const storage = await LmdbStorage.open(path, 'node1');
  const found = {
    clock: storage.clock,
    keys: [...storage.scan()],
    read: Array.from({ length: 400 }, (_, n) => storage.versions(`key-${n}`)),
    log: storage.log('node1', storage.pruned.node1 ?? 0, { writes: 10_000, bytes: 10_000_000 }),
  };
  await storage.close();
  return JSON.stringify(found);
}

beforeEach(async () => {
  await fill(directory.path);
  file = join(directory.path, 'data.mdb');
});

describe('checkLmdbFile', () => {
  it('accepts what LMDB writes, and counts its records', () => {
    const { pages, records } = checkLmdbFile(file);
    expect(pages).toBeGreaterThan(30);
    expect(records).toBeGreaterThan(500);
  });

  it('rejects an empty file: a node must not mistake it for a new one', async () => {
    await writeFile(file, '');
    expect(() => checkLmdbFile(file)).toThrow('it is empty');
  });

  it('finds every damage after which LMDB would return other data', async () => {
    const before = await contents(directory.path);
    const copy = join(directory.path, 'copy');
    await mkdir(copy);
    const undetected: string[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed);
      await copyFile(file, join(copy, 'data.mdb'));
      const damage = await damageFile(
        join(copy, 'data.mdb'),
        damageKinds[seed % damageKinds.length] ?? 'truncated',
        random,
      );
      try {
        checkLmdbFile(join(copy, 'data.mdb'));
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedFileError);
        continue;
      }
      if ((await contents(copy)) !== before) undetected.push(`seed ${seed}: ${damage}`);
    }
    expect(undetected).toEqual([]);
  });

  it('names a file that is cut short', async () => {
    await truncate(file, 5_000);
    expect(() => checkLmdbFile(file)).toThrow(/page \d+ lies behind the end of the file|cut short/);
  });
});
