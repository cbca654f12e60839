import fs from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DamagedDataError } from '@gridclock/durable-tables/lmdb';
import { afterEach, describe, expect, it } from 'vitest';
import { JournalFile } from '../../../src/storage/journal/journal-file.ts';
import { SECTOR_BYTES } from '../../../src/storage/journal/journal-format.ts';
import { JournaledStorage } from '../../../src/storage/journal/journaled-storage.ts';
import { readRecords } from '../../../src/storage/journal/read-records.ts';
import { LmdbStorage } from '../../../src/storage/lmdb-storage.ts';
import { write } from '../../support/sample-write.ts';
import { openJournaled } from '../../support/storage-kinds.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const data = () => join(directory.path, 'data');
const crashed = () => join(directory.path, 'crashed');
const original = fs.write;

type Write = (
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: number,
  callback: (error: Error | null, written: number) => void,
) => void;

/** Replaces what writes to journals. */
function replaceWrite(replacement: Write): void {
  Object.assign(fs, { write: replacement });
  syncBuiltinESMExports();
}

function restoreWrite(): void {
  Object.assign(fs, { write: original });
  syncBuiltinESMExports();
}

afterEach(restoreWrite);

/** Copies the files of a storage with some writes as a crash leaves them. */
async function crash(...counters: number[]): Promise<string> {
  const storage = await openJournaled(data());
  await storage.adopt({ id: 'node1', caughtUp: true });
  for (const counter of counters) await storage.commit([write('node1', counter)]);
  await cp(data(), crashed(), { recursive: true });
  await storage.close();
  return crashed();
}

describe('a crash', () => {
  it('while a further file is created leaves no damage, wherever it is cut', async () => {
    const path = await crash(1, 2, 3);
    const { id } = (await readRecords(path))[0] ?? { id: '' };
    const calls: { bytes: Buffer; position: number }[] = [];
    replaceWrite((fd, bytes, offset, length, position, callback) => {
      calls.push({ bytes: Buffer.from(bytes.subarray(offset, offset + length)), position });
      callback(null, fs.writeSync(fd, bytes, offset, length, position));
    });
    await (await JournalFile.create(path, { id, number: 2 })).close();
    restoreWrite();
    const next = join(path, 'journal-2');
    let before = Buffer.alloc(0);
    for (const { bytes, position } of calls) {
      for (const part of [0.5, 1]) {
        const written = bytes.subarray(0, Math.floor((bytes.length * part) / SECTOR_BYTES) * SECTOR_BYTES);
        const end = written.length === 0 ? 0 : position + written.length;
        const file = Buffer.alloc(Math.max(before.length, end));
        before.copy(file);
        written.copy(file, position);
        await writeFile(next, file);
        const copy = join(directory.path, `cut-${position}-${part}`);
        await cp(path, copy, { recursive: true });
        const storage = await JournaledStorage.open(copy, 'node1');
        expect(storage.clock).toEqual({ node1: 3 });
        await storage.close();
        if (part === 1) before = file;
      }
    }
    expect(before.equals(await readFile(next))).toBe(true);
  });

  it('lets no record be served that may be in the memory of the kernel only', async () => {
    const path = await crash(1, 2);
    const written: number[] = [];
    replaceWrite((fd, bytes, offset, length, position, callback) => {
      written.push(position, length);
      callback(null, fs.writeSync(fd, bytes, offset, length, position));
    });
    const storage = await JournaledStorage.open(path, 'node1');
    expect(written).toEqual([0, (await readFile(join(path, 'journal-1'))).length]);
    expect(storage.clock).toEqual({ node1: 2 });
    await storage.close();
  });

  it('of a failing disk keeps the node from starting with a record that cannot be stored', async () => {
    const path = await crash(1, 2);
    const fail = (code: string) => {
      replaceWrite((_fd, _bytes, _offset, _length, _position, callback) =>
        callback(Object.assign(new Error(`${code}: it failed`), { code }), 0),
      );
    };
    fail('EIO');
    await expect(JournaledStorage.open(path, 'node1')).rejects.toThrow('EIO: it failed');
    fail('ENOSPC');
    const storage = await JournaledStorage.open(path, 'node1');
    expect(storage.clock).toEqual({ node1: 2 });
    await storage.close();
  });
});

describe('a journal', () => {
  it('is refused if a release without journals has written to the data file since', async () => {
    const path = await crash(1, 2);
    const earlier = await LmdbStorage.open(path, 'node1');
    await earlier.commit([write('node1', 1, 'y', 'another')]);
    await earlier.close();
    const opening = JournaledStorage.open(path, 'node1');
    await expect(opening).rejects.toThrow(DamagedDataError);
    await expect(opening).rejects.toThrow(
      `${join(path, 'journal-1')} is damaged: it has write 1 of node1, but the data file ends at 1`,
    );
  });
});
