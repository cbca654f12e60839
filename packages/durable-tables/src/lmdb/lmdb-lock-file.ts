import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** LMDB's table of readers: 126 slots of 64 bytes and a header. */
const LOCK_FILE_BYTES = 16 * 1024;

/** Blocks of this size are what `stat` counts. */
const BLOCK_BYTES = 512;

/**
 * Gives LMDB's lock file its disk blocks. LMDB maps the file into memory and grows it with a hole; on a full disk,
 * filling the hole would end the process with SIGBUS. Call it only while no process has the directory open.
 */
export async function reserveLockFile(directory: string): Promise<void> {
  const file = await open(join(directory, 'lock.mdb'), 'a+');
  try {
    const { size, blocks } = await file.stat();
    if (size >= LOCK_FILE_BYTES && blocks * BLOCK_BYTES >= LOCK_FILE_BYTES) return;
    await file.truncate(0);
    await file.appendFile(Buffer.alloc(LOCK_FILE_BYTES));
  } finally {
    await file.close();
  }
}
