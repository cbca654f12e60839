import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from '@gridclock/durable-tables/lmdb';
import { type Key, open } from 'lmdb';
import type { FoundRecord } from './journal/read-records.ts';
import { LmdbKeySpace } from './lmdb-key-space.ts';
import { LmdbLog } from './lmdb-log.ts';
import { LmdbMeta } from './lmdb-meta.ts';
import { journalRecord, ownerIn } from './lmdb-owner.ts';
import { addWrites } from './lmdb-writes.ts';

/** Adds to a copied data file what it lacks of its journal, so that it needs none. */
export async function addRecords(directory: string, records: readonly FoundRecord[]): Promise<void> {
  const file = join(directory, DATA_FILE);
  const root = open<unknown, Key>({ path: directory, noSubdir: false, overlappingSync: false });
  try {
    const meta = new LmdbMeta(root, file);
    const position = meta.get('journal');
    if (position === undefined || position === null) return;
    const lacking = records
      .filter(({ id, sequence }) => id === position.id && sequence > position.applied)
      .sort((left, right) => left.sequence - right.sequence)
      // Up to a gap: a file that was read later may have records of later commits.
      .filter(({ sequence }, index) => sequence === position.applied + 1 + index);
    const owner = ownerIn(meta) ?? '';
    const { active, clock, logBytes, retired } = meta.state(() => 0);
    const counted = { ...clock };
    await root.childTransaction(() => {
      const grown = addWrites(
        lacking.flatMap(({ writes }) => writes),
        {
          log: new LmdbLog(root, file),
          space: new LmdbKeySpace(root, active === 0 ? 'a' : 'b', file),
          retired,
          clock: counted,
        },
      );
      meta.put({ clock: retired.compact(counted), logBytes: logBytes + grown });
      meta.put(journalRecord(owner, null));
    });
  } finally {
    await root.close();
    await rm(join(directory, 'lock.mdb'), { force: true });
  }
}
