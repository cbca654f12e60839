import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDataFile, DATA_FILE, type FileCheck, lockDirectory } from '@gridclock/durable-tables/lmdb';
import { open } from 'lmdb';
import { readRecords } from './journal/read-records.ts';
import { addRecords } from './lmdb-records.ts';

/**
 * Copies the data of a node into another directory, also while the node runs, and checks the copy. The copy holds one
 * consistent state, without free pages.
 *
 * @throws DamagedDataError if the data or the copy is damaged
 */
export async function backUp(directory: string, target: string): Promise<FileCheck> {
  const [source, copy] = [join(directory, DATA_FILE), join(target, DATA_FILE)];
  if (!(await exists(source))) throw new Error(`${source} does not exist. Name the DATA_DIR of a node.`);
  if (await exists(copy)) throw new Error(`${copy} exists already. Name an empty directory.`);
  await mkdir(target, { recursive: true });
  // A running node holds the lock; it checked the file when it started.
  const unlock = await lockDirectory(directory).catch(() => undefined);
  try {
    if (unlock !== undefined) checkDataFile(source);
    // Before the copy: what they have now is in the copy by then, or in these records.
    const records = await readRecords(directory);
    const root = open({ path: directory, noSubdir: false, readOnly: true });
    await root.backup(target, true);
    await root.close();
    await addRecords(target, records);
    return checkDataFile(copy);
  } finally {
    await unlock?.();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
