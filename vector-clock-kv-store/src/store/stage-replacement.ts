import { Retirements } from '../causality/retirements.ts';
import { descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { InstallExtras, Storage } from '../storage/storage.ts';
import type { ReadPage, StagedSnapshot } from './stage-snapshot.ts';

/** Decides what to change besides the data when a snapshot replaces it. */
export type ReplacementExtras = (clock: VectorClock, retired: Retirements) => Omit<InstallExtras, 'retired'>;

/** Stages a peer's snapshot as it is, to replace the data here instead of being joined with it. */
export async function stageReplacement(storage: Storage, read: ReadPage): Promise<StagedSnapshot> {
  await storage.beginInstall();
  let clock: VectorClock | undefined;
  // Not those here: a retirement among the contradicting writes would hold for the peers' write of its number.
  let retired = Retirements.none;
  let visible = zeroClock;
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    retired = retired.with(page.retired ?? []);
    clock ??= retired.expand(page.clock);
    for (const [, versions] of page.keys) {
      visible = versions.reduce((all, { vc }) => merge(all, vc), visible);
    }
    await storage.stage(page.keys);
    cursor = page.next;
  } while (cursor !== undefined);
  return { clock, awaited: descends(clock, visible) ? zeroClock : visible, retired };
}
