import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFullError } from './full-disk.ts';

/** Storing failed for a reason that does not pass by itself. The message says what LMDB reported. */
export class StorageWriteError extends Error {
  override readonly name = 'StorageWriteError';
}

/** Error numbers of Linux and macOS: a file that may not grow, no space left, and an exceeded quota. */
const FULL_CODES: ReadonlySet<unknown> = new Set([27, 28, 69, 122]);

/** LMDB reports a write that was cut short as an input/output error: the disk may just be full. */
const EIO = 5;

/** 1 MiB: less room than this counts as none. */
const PROBE_BYTES = 1024 * 1024;

/** Returns the bytes that this process can still use on the disk that holds a directory. */
export async function freeBytesOf(directory: string): Promise<number> {
  // `bfree` would include the blocks reserved for root.
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/**
 * Finds out why a transaction failed.
 *
 * @param error what LMDB's transaction rejected with
 * @returns a DiskFullError if the disk is full, otherwise a StorageWriteError, or the error itself if it is none of LMDB's
 */
export async function writeFailure(error: unknown, directory: string): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  // The package rejects with a generic error that holds a promise of the real one, which always rejects.
  const cause = 'commitError' in error ? await Promise.resolve(error.commitError).catch(asError) : error;
  if (!(cause instanceof Error) || !('code' in cause)) return error;
  const full = FULL_CODES.has(cause.code) || (cause.code === EIO && (await hasNoRoom(directory)));
  return full
    ? new DiskFullError(`the disk that holds ${directory} is full (${cause.message})`)
    : new StorageWriteError(`LMDB cannot write to ${directory}: ${cause.message} (code ${cause.code})`);
}

async function hasNoRoom(directory: string): Promise<boolean> {
  const probe = join(directory, 'space-probe');
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { flush: true });
    return false;
  } catch (error) {
    return isNoRoom(error);
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Reports whether an error of the file system says that there is no room. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(ENOSPC|EDQUOT|EFBIG)$/.test(String(error.code));
}

function asError(error: unknown): unknown {
  return error;
}
