import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';

/** Another process works in the directory. */
class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/**
 * Makes a directory this process' own until it ends, however it ends: the lock is the system's own on an open
 * file, so containers that share the directory meet there, and a crash leaves nothing behind that is locked.
 *
 * @returns gives the directory back
 * @throws DirectoryInUseError when another process has it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const file = await open(join(directory, 'in-use.lock'), 'a');
  if (tryLock(file.fd)) return () => file.close();
  await file.close();
  throw new DirectoryInUseError(`${directory} is in use by another node`);
}
