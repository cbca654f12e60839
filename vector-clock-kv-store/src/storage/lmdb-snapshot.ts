import type { Key, RootDatabase } from 'lmdb';
import { Retirements } from '../causality/retirements.ts';
import { zeroClock } from '../causality/vector-clock.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import { OverlaidSnapshot } from './overlaid-snapshot.ts';
import type { KeyVersions, Snapshot } from './storage.ts';

type SnapshotSource = {
  root: RootDatabase<unknown, Key>;
  meta: LmdbMeta;
  spaces: readonly [LmdbKeySpace, LmdbKeySpace];
  state: NodeState;
  /** The keys that the active space lacks, or has earlier versions of. */
  deferred: Iterable<KeyVersions>;
};

/** Opens a view of the active key space with the deferred keys, in a read transaction that `close` ends. */
export function openLmdbSnapshot({ root, meta, spaces, state, deferred }: SnapshotSource): Snapshot {
  const transaction = root.useReadTransaction();
  const active = meta.get('active', transaction) ?? 0;
  const space = spaces[active] ?? spaces[0];
  const retired = Retirements.none.with(meta.get('retired', transaction) ?? []);
  const stored: Snapshot = {
    clock: retired.expand(meta.get('clock', transaction) ?? zeroClock),
    retired,
    page: (cursor, limitBytes) => space.page(transaction, cursor, limitBytes),
    close: () => transaction.done(),
  };
  // A snapshot was installed a moment ago, and is not reported yet: nothing is deferred.
  if (active !== state.active) return stored;
  // The log may have a commit that is not reported yet, and whose keys are not deferred yet.
  return new OverlaidSnapshot(stored, state.clock, deferred);
}
