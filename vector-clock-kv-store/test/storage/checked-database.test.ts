import { DamagedDataError, markClean } from '@gridclock/durable-tables/lmdb';
import { open as openLmdb } from 'lmdb';
import { describe, expect, it } from 'vitest';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** Changes stored bytes behind the back of the storage, as a failing disk does. */
async function alter(name: string, change: (record: Buffer) => Buffer): Promise<void> {
  const root = openLmdb({ path: directory.path, maxDbs: 6, overlappingSync: false });
  const database = root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
  for (const { key, value } of [...database.getRange()]) await database.put(key, change(value));
  await root.close();
}

async function stored() {
  const storage = await LmdbStorage.open(directory.path, 'node1');
  await storage.commit([write('node1', 1, 'x', 'first'), write('node1', 2, 'y', 'second')]);
  return storage;
}

/** Opens the storage without a check, as after a clean shutdown. */
async function openUnchecked() {
  await markClean(directory.path);
  return LmdbStorage.open(directory.path, 'node1');
}

describe('a stored record', () => {
  it('that was changed on the disk is an error that names it and the file, never another value', async () => {
    await (await stored()).close();
    await alter('versions-a', (record) =>
      Buffer.from(record.toString('latin1').replace('first', 'fIrst'), 'latin1'),
    );
    await expect(LmdbStorage.open(directory.path, 'node1')).rejects.toThrow(DamagedDataError);
    const storage = await openUnchecked();
    expect(() => storage.versions('x')).toThrow(/data\.mdb is damaged: the record "x" of versions-a/);
    expect(storage.versions('y')).toMatchObject([{ value: 'second' }]);
    expect(() => [...storage.scan()]).toThrow(DamagedDataError);
    await storage.close();
  });

  it('of an earlier version, which had no checksums, stays readable', async () => {
    await (await stored()).close();
    for (const name of ['versions-a', 'meta', 'log']) await alter(name, (record) => record.subarray(5));
    const storage = await LmdbStorage.open(directory.path, 'node1');
    expect(storage.versions('x')).toMatchObject([{ value: 'first' }]);
    expect(storage.clock).toEqual({ node1: 2 });
    expect(storage.log('node1', 0, { writes: 10, bytes: 1_000 })).toHaveLength(2);
    await storage.close();
  });

  it('that is damaged fails the whole commit that needs it', async () => {
    const storage = await stored();
    await storage.close();
    await alter('versions-a', (record) =>
      Buffer.from(record.toString('latin1').replace('first', 'fIrst'), 'latin1'),
    );
    const again = await openUnchecked();
    const commit = again.commit([write('node1', 3, 'y', 'third'), write('node1', 4, 'x', 'fourth')]);
    await expect(commit).rejects.toThrow(DamagedDataError);
    expect(again.clock).toEqual({ node1: 2 });
    expect(again.versions('y')).toMatchObject([{ value: 'second' }]);
    await again.close();
  });
});
