import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from '@gridclock/durable-tables/lmdb';
import { type Key, open } from 'lmdb';
import type { FoundRecord } from './journal/read-records.ts';
import { LmdbKeySpace } from './lmdb-key-space.ts';
import { LmdbKeys } from './lmdb-keys.ts';
import { LmdbLog } from './lmdb-log.ts';
import { LmdbMeta } from './lmdb-meta.ts';
import { diskMarks, ownerIn } from './lmdb-owner.ts';
import { unpackLog } from './lmdb-unpack.ts';
import { addWrites } from './lmdb-writes.ts';

/**
 * Adds to a copied data file what it lacks of its journal, so that it needs none, and brings it to the form that earlier
 * releases can read.
 */
export async function addRecords(directory: string, records: readonly FoundRecord[]): Promise<void> {
  const file = join(directory, DATA_FILE);
  const root = open<unknown, Key>({ path: directory, noSubdir: false, overlappingSync: false });
  try {
    const meta = new LmdbMeta(root, file);
    const log = new LmdbLog(root, file);
    const owner = ownerIn(meta) ?? '';
    const state = meta.state(() => 0);
    const spaces = [new LmdbKeySpace(root, 'a', file), new LmdbKeySpace(root, 'b', file)] as const;
    const transactions = { apply: (change: () => unknown) => root.childTransaction(() => void change()) };
    const keys = new LmdbKeys({ meta, owner, transactions, state: () => state, spaces });
    keys.restore(log);
    await keys.settle();
    const position = meta.get('journal') ?? undefined;
    if (position !== undefined) {
      const lacking = records
        .filter(({ id, sequence }) => id === position.id && sequence > position.applied)
        .sort((left, right) => left.sequence - right.sequence)
        // Up to a gap: a file that was read later may have records of later commits.
        .filter(({ sequence }, index) => sequence === position.applied + 1 + index);
      const { clock, logBytes, retired } = state;
      const counted = { ...clock };
      await root.childTransaction(() => {
        const writes = lacking.flatMap((record) => record.writes);
        const grown = addWrites(writes, {
          log,
          space: spaces[state.active] ?? spaces[0],
          retired,
          clock: counted,
        });
        meta.put({ clock: retired.compact(counted), logBytes: logBytes + grown });
        meta.put({ journal: null, ...diskMarks(owner, meta, { journal: false }) });
      });
    }
    await unpackLog({ root, log, meta, owner });
  } finally {
    await root.close();
    await rm(join(directory, 'lock.mdb'), { force: true });
  }
}
