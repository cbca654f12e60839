import { constants, write } from 'node:fs';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isNoRoom } from '../write-failure.ts';
import { emptyJournal, type JournalHeader, SECTOR_BYTES } from './journal-format.ts';

const NAME = /^journal-([1-9]\d*)$/;

/** 64 KiB: a new file is written in parts, between which the disk takes the records of the file in use. */
const PART_BYTES = 64 * 1024;

/** On macOS a synchronous write may be in the disk's cache only: a flush empties that too. */
const WRITES_REACH_DISK = process.platform === 'linux';

/** Returns the path of a journal file. */
export function journalPath(directory: string, number: number): string {
  return join(directory, `journal-${number}`);
}

/** Returns the numbers of the journal files in a directory, in ascending order. */
export async function journalNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? [])).sort((left, right) => left - right);
}

export async function removeJournal(directory: string, number: number): Promise<void> {
  await rm(journalPath(directory, number), { force: true });
}

/** Removes all journal files in a directory. */
export async function removeJournals(directory: string): Promise<void> {
  for (const number of await journalNumbers(directory)) await removeJournal(directory, number);
}

/** One file of a journal, open for appending. Its blocks are on disk beforehand, so that a write changes nothing else. */
export class JournalFile {
  readonly number: number;
  readonly #file: FileHandle;
  readonly #size: number;
  #end = SECTOR_BYTES;

  private constructor(number: number, file: FileHandle, size: number) {
    this.number = number;
    this.#file = file;
    this.#size = size;
  }

  /** Creates a file. It is on disk, with its name, once this resolves. */
  static async create(directory: string, header: JournalHeader): Promise<JournalFile> {
    const { O_CREAT, O_DSYNC, O_RDWR, O_SYNC, O_TRUNC } = constants;
    const file = await open(
      journalPath(directory, header.number),
      // Synchronous writes save a second call for the flush.
      O_CREAT | O_RDWR | O_TRUNC | (O_DSYNC || O_SYNC),
      0o666,
    );
    try {
      const bytes = emptyJournal(header);
      const created = new JournalFile(header.number, file, bytes.length);
      // The header last: a crash may cut the file short, and without a header it does not count.
      for (let from = SECTOR_BYTES; from < bytes.length; from += PART_BYTES)
        await created.#write(bytes.subarray(from, from + PART_BYTES), from);
      await file.sync();
      await created.#write(bytes.subarray(0, SECTOR_BYTES), 0);
      await file.sync();
      await syncDirectory(directory);
      return created;
    } catch (error) {
      await file.close();
      await removeJournal(directory, header.number);
      throw error;
    }
  }

  /** Whether most of the file is used. */
  get isFilling(): boolean {
    return this.#end > this.#size / 2;
  }

  fits(bytes: number): boolean {
    return this.#end + bytes <= this.#size;
  }

  /** Appends a record. It is on disk once this resolves. After a failure nothing may be appended. */
  async append(record: Buffer): Promise<void> {
    await this.#write(record, this.#end);
    this.#end += record.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    await writeAt(this.#file.fd, bytes, position);
    if (!WRITES_REACH_DISK) await this.#file.datasync();
  }
}

/**
 * Writes what was read from a file to it once more. After a crash, or a write that failed, a record may be in the memory of
 * the kernel but not on disk, and would be lost with the power after others have seen it.
 */
export async function confirmJournal(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await writeAt(file.fd, bytes, 0).catch((error: unknown) => {
      // A file system that never overwrites needs room for it; flushing does without.
      if (!isNoRoom(error)) throw error;
    });
    await file.datasync();
  } finally {
    await file.close();
  }
}

function writeAt(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (offset: number) => {
      write(fd, bytes, offset, bytes.length - offset, position + offset, (error, written) => {
        if (error !== null) reject(error);
        else if (offset + written < bytes.length) writeFrom(offset + written);
        else resolve();
      });
    };
    writeFrom(0);
  });
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
