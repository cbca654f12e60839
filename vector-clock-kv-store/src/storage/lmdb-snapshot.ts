import type { Key, RootDatabase } from 'lmdb';
import { Retirements } from '../causality/retirements.ts';
import { zeroClock } from '../causality/vector-clock.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbMeta } from './lmdb-meta.ts';
import type { Snapshot } from './storage.ts';

/** Opens a view of the active key space, in a read transaction that `close` ends. */
export function openLmdbSnapshot(
  root: RootDatabase<unknown, Key>,
  meta: LmdbMeta,
  spaces: readonly [LmdbKeySpace, LmdbKeySpace],
): Snapshot {
  const transaction = root.useReadTransaction();
  const space = spaces[meta.get('active', transaction) ?? 0] ?? spaces[0];
  const retired = Retirements.none.with(meta.get('retired', transaction) ?? []);
  return {
    clock: retired.expand(meta.get('clock', transaction) ?? zeroClock),
    retired,
    page: (cursor, limitBytes) => space.page(transaction, cursor, limitBytes),
    close: () => transaction.done(),
  };
}
