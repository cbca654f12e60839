import { joinVersions } from '../causality/join-versions.ts';
import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { KeyVersions, SnapshotPage, Storage } from '../storage/storage.ts';

/** A peer's snapshot cannot be combined with the data here; another peer's may be. */
class UnsuitableSnapshotError extends Error {
  override readonly name = 'UnsuitableSnapshotError';
}

/** Reads the page of a snapshot at a cursor. */
export type ReadPage = (cursor: string | undefined) => Promise<SnapshotPage>;

/** What to install with the staged keys; see `Storage.installStaged`. */
export type StagedSnapshot = {
  clock: VectorClock;
  awaited: VectorClock;
  /** Replaces the retirements here. */
  retired?: Retirements;
};

/** 1 MiB: copying this much blocks the event loop for a few milliseconds. */
const COPY_BYTES = 1024 * 1024;

/**
 * Stages the join of a peer's snapshot and the data here: neither side's writes are lost, and none is repeated.
 *
 * Call it while nothing is written here. Two kinds of data are not causally consistent, so that a join would drop or
 * repeat writes: a snapshot of an earlier release, if it holds versions newer than its clock, and the data here after
 * such a snapshot, until all of `awaited` has arrived. The former can only replace data that it includes; the latter
 * can only be replaced.
 *
 * @param read reads the page at a cursor
 * @param self the id that this node counts its writes under
 * @throws UnsuitableSnapshotError if the snapshot could only replace the data, but does not include it
 */
export async function stageSnapshot(storage: Storage, self: NodeId, read: ReadPage): Promise<StagedSnapshot> {
  const own = storage.clock;
  const consistent = descends(own, storage.awaited);
  const replaces = (clock: VectorClock) =>
    consistent ? descends(clock, own) : counterOf(clock, self) >= counterOf(own, self);
  // Staged until complete: a peer that stops responding must not leave an empty store.
  await storage.beginInstall();
  let clock: VectorClock | undefined;
  let visible = zeroClock;
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    await storage.addRetired(page.retired ?? []);
    clock ??= storage.retired.expand(page.clock);
    for (const [, versions] of page.keys) {
      visible = versions.reduce((all, { vc }) => merge(all, vc), visible);
    }
    const mustReplace = !consistent || !descends(clock, visible);
    if (mustReplace && !replaces(clock)) {
      throw new UnsuitableSnapshotError('The snapshot does not include all writes here');
    }
    await storage.stage(consistent ? joinWith(storage, own, clock, page.keys) : page.keys);
    cursor = page.next;
  } while (cursor !== undefined);
  if (consistent && !descends(clock, own)) await stageOwnKeys(storage, own, clock);
  return {
    clock: consistent ? merge(own, clock) : clock,
    awaited: descends(clock, visible) ? zeroClock : visible,
  };
}

function joinWith(
  storage: Storage,
  own: VectorClock,
  clock: VectorClock,
  keys: readonly KeyVersions[],
): KeyVersions[] {
  return keys.map(([key, versions]) => [
    key,
    joinVersions({ clock: own, versions: storage.versions(key) }, { clock, versions }, storage.retired),
  ]);
}

/** Stages the keys that the snapshot does not have, with the versions that its node has not delivered. */
async function stageOwnKeys(storage: Storage, own: VectorClock, clock: VectorClock): Promise<void> {
  const snapshot = storage.openSnapshot();
  try {
    let cursor: string | undefined;
    do {
      const { keys, next } = snapshot.page(cursor, COPY_BYTES);
      // A key whose versions the snapshot's node has all replaced or dropped is not staged either: nothing is kept.
      const absent = keys.filter(([key]) => storage.staged(key).length === 0);
      await storage.stage(
        absent.map(([key, versions]) => [
          key,
          joinVersions({ clock: own, versions }, { clock, versions: [] }, storage.retired),
        ]),
      );
      cursor = next;
    } while (cursor !== undefined);
  } finally {
    snapshot.close();
  }
}
