import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';

/** Another process holds the lock of the directory. */
class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/**
 * Locks a directory for this process. The operating system holds the lock on an open file, so it also excludes
 * other containers that mount the directory, and a crash releases it.
 *
 * @returns a function that releases the lock
 * @throws DirectoryInUseError if another process holds the lock
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const file = await open(join(directory, 'in-use.lock'), 'a+');
  if (tryLock(file.fd)) {
    await writePid(file);
    return () => file.close();
  }
  const pid = (await file.readFile('utf8')).trim();
  await file.close();
  throw new DirectoryInUseError(
    `${directory} is in use by another process${pid === '' ? '' : ` (pid ${pid})`}. ` +
      'Stop it or choose another directory.',
  );
}

/** Only for the message of other processes: on a full disk the lock counts without it. */
async function writePid(file: FileHandle): Promise<void> {
  try {
    await file.truncate();
    await file.appendFile(`${process.pid}\n`);
  } catch {
    // The message names no pid.
  }
}
