import type { Key, RootDatabase } from 'lmdb';
import { zeroClock } from '../causality/vector-clock.ts';
import type { LmdbKeys } from './lmdb-keys.ts';
import type { LmdbLog } from './lmdb-log.ts';
import type { LmdbMeta } from './lmdb-meta.ts';
import { diskMarks, hasBlocks } from './lmdb-owner.ts';

/** 5,000 writes per transaction: some 20 ms, during which nothing else is done. */
const AT_ONCE = 5_000;

/** 32 MiB, twice what remains of a log that every member has: unpacking it takes about a second. */
const BEFORE_STOP_BYTES = 32 * 1024 * 1024;

type PackedData = { root: RootDatabase<unknown, Key>; log: LmdbLog; meta: LmdbMeta; owner: string };

/** Stores the log without blocks, if it has any, so that earlier releases can use the data. */
export async function unpackLog({ root, log, meta, owner }: PackedData): Promise<void> {
  if (!hasBlocks(meta)) return;
  let after: ReturnType<LmdbLog['unpack']>['at'];
  do {
    await root.childTransaction(() => {
      const { at, bytes } = log.unpack(after, AT_ONCE, meta.get('pruned') ?? zeroClock);
      after = at;
      const logBytes = meta.get('logBytes');
      if (logBytes !== undefined) meta.put({ logBytes: logBytes + bytes });
      if (at === undefined) meta.put(diskMarks(owner, meta, { blocks: false }));
    });
  } while (after !== undefined);
}

/**
 * Stores all keys and unpacks the log before a clean stop, unless the log is large, as that of a node whose peer is absent. If
 * the disk is full too, only this release and later ones can use the data: then the log keeps what the key space lacks.
 */
export async function prepareStop(keys: Pick<LmdbKeys, 'settle'>, data: PackedData): Promise<void> {
  try {
    await keys.settle();
    if ((data.meta.get('logBytes') ?? 0) <= BEFORE_STOP_BYTES) await unpackLog(data);
  } catch {
    // The next start continues from here.
  }
}
