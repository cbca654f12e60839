import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from './lmdb-clean-shutdown.ts';
import { readLatestMetaOf } from './lmdb-file-check.ts';

/** Where LMDB's lock file has the number of the last transaction. Source: MDB_txbody in `mdb.c`. */
const TRANSACTION_OFFSET = 8;

/**
 * Reports whether a data file has the last commit that LMDB's lock file counts. An earlier data file does not if it was
 * copied over this one. Call it before LMDB opens the file: that sets the lock file's count.
 */
export async function hasLastCommit(directory: string): Promise<boolean> {
  try {
    const lock = await open(join(directory, 'lock.mdb'));
    try {
      const { buffer, bytesRead } = await lock.read(Buffer.alloc(8), 0, 8, TRANSACTION_OFFSET);
      if (bytesRead < 8) return false;
      return buffer.readBigUInt64LE() <= BigInt(readLatestMetaOf(join(directory, DATA_FILE)).transaction);
    } finally {
      await lock.close();
    }
  } catch {
    return false;
  }
}
