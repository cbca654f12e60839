import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from '@gridclock/durable-tables/lmdb';
import { type Key, open } from 'lmdb';
import type { FoundRecord } from './journal/read-records.ts';
import { LmdbKeySpace } from './lmdb-key-space.ts';
import { LmdbLog } from './lmdb-log.ts';
import { LmdbMeta } from './lmdb-meta.ts';
import { diskMarks, hasBlocks, ownerIn } from './lmdb-owner.ts';
import { unpackLog } from './lmdb-unpack.ts';
import { addWrites } from './lmdb-writes.ts';

/** Adds to a copied data file what it lacks of its journal, so that it needs none. Earlier releases can read it then. */
export async function addRecords(directory: string, records: readonly FoundRecord[]): Promise<void> {
  const file = join(directory, DATA_FILE);
  const root = open<unknown, Key>({ path: directory, noSubdir: false, overlappingSync: false });
  try {
    const meta = new LmdbMeta(root, file);
    const log = new LmdbLog(root, file);
    const position = meta.get('journal') ?? undefined;
    if (position === undefined && !hasBlocks(meta)) return;
    const lacking = records
      .filter(({ id, sequence }) => id === position?.id && sequence > position.applied)
      .sort((left, right) => left.sequence - right.sequence)
      // Up to a gap: a file that was read later may have records of later commits.
      .filter(({ sequence }, index) => sequence === (position?.applied ?? 0) + 1 + index);
    const owner = ownerIn(meta) ?? '';
    const { active, clock, logBytes, retired } = meta.state(() => 0);
    const counted = { ...clock };
    await root.childTransaction(() => {
      const grown = addWrites(
        lacking.flatMap(({ writes }) => writes),
        {
          log,
          space: new LmdbKeySpace(root, active === 0 ? 'a' : 'b', file),
          retired,
          clock: counted,
          inBlocks: false,
        },
      );
      meta.put({ clock: retired.compact(counted), logBytes: logBytes + grown.bytes });
      meta.put({ journal: null, ...diskMarks(owner, meta, { journal: false }) });
    });
    await unpackLog({ root, log, meta, owner });
  } finally {
    await root.close();
    await rm(join(directory, 'lock.mdb'), { force: true });
  }
}
