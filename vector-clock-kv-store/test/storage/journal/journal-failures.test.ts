import fs from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { JournaledStorage } from '../../../src/storage/journal/journaled-storage.ts';
import { backUp } from '../../../src/storage/lmdb-backup.ts';
import { LmdbStorage } from '../../../src/storage/lmdb-storage.ts';
import { StorageWriteError } from '../../../src/storage/write-failure.ts';
import { noLimit, write } from '../../support/sample-write.ts';
import { openJournaled } from '../../support/storage-kinds.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const data = () => join(directory.path, 'data');
const copy = () => join(directory.path, 'copy');
const original = fs.write;

/** Lets every write to a journal fail, after it has written some of the bytes. */
function failWith(code: string): void {
  const fail = (
    fd: number,
    bytes: Buffer,
    offset: number,
    _length: number,
    position: number,
    callback: (error: Error) => void,
  ) => {
    fs.writeSync(fd, bytes, offset, 512, position);
    setImmediate(() => callback(Object.assign(new Error(`${code}: it failed`), { code })));
  };
  Object.assign(fs, { write: fail });
  syncBuiltinESMExports();
}

function restoreWrite(): void {
  Object.assign(fs, { write: original });
  syncBuiltinESMExports();
}

afterEach(restoreWrite);

/** Fills some sectors, so that a record can be written in part. */
const large = 'v'.repeat(5_000);

describe('a journal that cannot be written', () => {
  it('fails the write for good if the disk fails, and keeps those before it', async () => {
    const storage = await openJournaled(data());
    await storage.commit([write('node1', 1)]);
    failWith('EIO');
    const failing = storage.commit([write('node1', 2, 'x', large)]);
    await expect(failing).rejects.toThrow(StorageWriteError);
    await expect(failing).rejects.toThrow(`the journal in ${data()} cannot be written: EIO: it failed`);
    expect(storage.clock).toEqual({ node1: 1 });
    await cp(data(), copy(), { recursive: true });
    await storage.close();
    // A start confirms its records, which needs a disk that works.
    restoreWrite();
    const again = await JournaledStorage.open(copy(), 'node1');
    expect(again.clock).toEqual({ node1: 1 });
    await again.close();
  });

  it.each(['ENOSPC', 'EDQUOT'])('leaves the writes to the database after %s', async (code) => {
    const storage = await openJournaled(data());
    await storage.commit([write('node1', 1)]);
    failWith(code);
    await storage.commit([write('node1', 2, 'x', large)]);
    await storage.commit([write('node1', 3)]);
    expect(storage.clock).toEqual({ node1: 3 });
    expect(storage.log('node1', 0, noLimit)).toHaveLength(3);
    // Fails, and is over then.
    await storage.createJournal();
    await cp(data(), copy(), { recursive: true });
    const again = await JournaledStorage.open(copy(), 'node1');
    expect(again.clock).toEqual({ node1: 3 });
    await again.close();
    await storage.close();
  });

  it('is created again once there is room', async () => {
    const storage = await openJournaled(data());
    failWith('ENOSPC');
    await storage.commit([write('node1', 1)]);
    // Fails, and is over then.
    await storage.createJournal();
    expect(await readdir(data())).not.toContain('journal-1');
    restoreWrite();
    await storage.commit([write('node1', 2)]);
    await storage.createJournal();
    expect(await readdir(data())).toContain('journal-1');
    await storage.commit([write('node1', 3)]);
    await cp(data(), copy(), { recursive: true });
    const again = await JournaledStorage.open(copy(), 'node1');
    expect(again.clock).toEqual({ node1: 3 });
    await again.close();
    await storage.close();
  });
});

describe('a backup', () => {
  it('has what is only in the journal, and needs none', async () => {
    const storage = await openJournaled(data());
    for (let counter = 1; counter <= 5; counter++) await storage.commit([write('node1', counter)]);
    await backUp(data(), copy());
    await storage.close();
    expect(await readdir(copy())).toEqual(['data.mdb']);
    const restored = await LmdbStorage.open(copy(), 'node1');
    expect(restored.clock).toEqual({ node1: 5 });
    expect(restored.log('node1', 0, noLimit)).toHaveLength(5);
    await restored.close();
  });

  it('of a node that writes has all that was acknowledged before', async () => {
    const storage = await openJournaled(data());
    let counter = 0;
    let done = false;
    const writing = (async () => {
      while (!done) await storage.commit([write('node1', ++counter)]);
    })();
    for (let backup = 0; backup < 5; backup++) {
      const before = storage.clock.node1 ?? 0;
      await backUp(data(), `${copy()}-${backup}`);
      const restored = await LmdbStorage.open(`${copy()}-${backup}`, 'node1');
      const counted = restored.clock.node1 ?? 0;
      expect(counted).toBeGreaterThanOrEqual(before);
      expect(restored.versions('x')[0]?.value).toBe(counted === 0 ? undefined : counted);
      await restored.close();
    }
    done = true;
    await writing;
    await storage.close();
  });
});
