import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedDataError } from './damaged-data.ts';
import { checkLmdbFile, type FileCheck } from './lmdb-file-check.ts';
import { DamagedFileError } from './lmdb-file-format.ts';

/** The file in which LMDB keeps its data. */
export const DATA_FILE = 'data.mdb';

/** Says what the data file looked like when the node stopped. Absent while it runs and after a crash. */
const MARK_FILE = 'clean-shutdown';

/**
 * Checks the data file, unless it is untouched since a clean shutdown. Call it before LMDB opens the file.
 *
 * @returns what was read; undefined if nothing had to be
 * @throws DamagedDataError
 */
export async function checkUnlessClean(directory: string): Promise<FileCheck | undefined> {
  const mark = join(directory, MARK_FILE);
  const file = join(directory, DATA_FILE);
  const [stopped, now] = await Promise.all([readFile(mark, 'utf8').catch(() => undefined), appearance(file)]);
  // Before anything changes: a crash from here on must not look like a clean shutdown.
  await rm(mark, { force: true });
  if (now === undefined || now === stopped) return undefined;
  return checkDataFile(file);
}

/** Checks a data file that no process has open. @throws DamagedDataError */
export function checkDataFile(file: string): FileCheck {
  try {
    return checkLmdbFile(file);
  } catch (error) {
    throw error instanceof DamagedFileError ? new DamagedDataError(file, error.message) : error;
  }
}

/** Reports whether a directory has a data file. */
export async function hasDataFile(directory: string): Promise<boolean> {
  return (await appearance(join(directory, DATA_FILE))) !== undefined;
}

/** Removes a new data file that could not be created completely, so that it does not look damaged later. */
export async function removeUnfinished(directory: string): Promise<void> {
  const file = join(directory, DATA_FILE);
  const { size } = await stat(file).catch(() => ({ size: undefined }));
  if (size === 0) await rm(file, { force: true });
}

/** Marks the shutdown as clean. Call it after LMDB has closed the file. Without the mark, the next start checks it. */
export async function markClean(directory: string): Promise<void> {
  const now = await appearance(join(directory, DATA_FILE));
  // A full disk has no room for the mark.
  if (now !== undefined) await writeFile(join(directory, MARK_FILE), now).catch(() => {});
}

/** Returns what every change of a file changes; undefined if there is no file. No program can set the change time. */
async function appearance(file: string): Promise<string | undefined> {
  try {
    const { ino, size, ctimeNs } = await stat(file, { bigint: true });
    return `inode ${ino}, ${size} bytes, changed ${ctimeNs}\n`;
  } catch {
    return undefined;
  }
}
