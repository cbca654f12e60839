import { mkdir } from 'node:fs/promises';
import { type Key, open, type RootDatabase } from 'lmdb';
import { DamagedDataError } from './damaged-data.ts';
import { lockDirectory } from './directory-lock.ts';
import { checkUnlessClean, hasDataFile, markClean, removeUnfinished } from './lmdb-clean-shutdown.ts';
import type { FileCheck } from './lmdb-file-check.ts';
import { reserveLockFile } from './lmdb-lock-file.ts';

/** The data directory cannot be used; the message gives the reason. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** A data directory in use by this process. */
export type LmdbDirectory = {
  path: string;
  root: RootDatabase<unknown, Key>;
  /** What was checked before opening; undefined after a clean shutdown, or without data. */
  check: FileCheck | undefined;
  /** Closes the file, marks the shutdown as clean, and lets other processes use the directory. */
  close: () => Promise<void>;
};

/**
 * Opens a data directory, creating it if necessary, and builds on it.
 *
 * @param maxDbs how many databases it may hold
 * @param prepare called in the locked directory, before LMDB opens the file
 * @param build may reject, which gives the directory free again
 * @throws DamagedDataError if the data file is damaged
 * @throws StorageError if the directory is in use or not writable, or if `build` rejects
 */
export async function openLmdbDirectory<Built>(
  path: string,
  maxDbs: number,
  build: (directory: LmdbDirectory) => Built | Promise<Built>,
  prepare: (path: string) => Promise<void> = async () => {},
): Promise<Built> {
  let unlock = async () => {};
  let closeFile = async () => {};
  let isNew = false;
  try {
    await mkdir(path, { recursive: true });
    unlock = await lockDirectory(path);
    await prepare(path);
    await reserveLockFile(path);
    isNew = !(await hasDataFile(path));
    const check = await checkUnlessClean(path);
    const root = open<unknown, Key>({
      path,
      // Otherwise, lmdb takes the path of a folder with a dot in its name for a file.
      noSubdir: false,
      maxDbs,
      // Without overlapping syncs, a commit is on disk before it becomes visible.
      overlappingSync: false,
      // Batches of an event turn reject a promise that nobody can handle, which would end the process.
      eventTurnBatching: false,
    });
    closeFile = () => root.close();
    const close = async () => {
      await root.close();
      await markClean(path);
      await unlock();
    };
    return await build({ path, root, check, close });
  } catch (error) {
    await closeFile().catch(() => {});
    if (isNew) await removeUnfinished(path);
    await unlock();
    if (error instanceof DamagedDataError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(reason.includes(path) ? reason : `${path} cannot be used: ${reason}`);
  }
}
