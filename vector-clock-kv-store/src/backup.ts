import { backUp } from './storage/lmdb-backup.ts';

/*
 * Backs up a node, also while it runs: `npx tsx vector-clock-kv-store/src/backup.ts DATA_DIR TARGET`.
 * docs/operations.md describes how to restore the copy.
 */

const [directory, target] = process.argv.slice(2);
try {
  if (directory === undefined || target === undefined) throw new Error('usage: backup.ts DATA_DIR TARGET');
  const { pages, records } = await backUp(directory, target);
  console.log(`backed up ${directory} to ${target}: ${records} records in ${pages} pages, no damage`);
} catch (error) {
  console.error(`backup: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
