import { type Retirement, type Retirements, retirementIn } from '../causality/retirements.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { JournalPosition } from './journal/journal.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import { diskMarks, hasBlocks } from './lmdb-owner.ts';
import { addWrites, type WriteTarget } from './lmdb-writes.ts';
import type { KeyVersions } from './storage.ts';

type Counted = { clock: Record<string, number>; added: readonly Retirement[]; retired: Retirements };

/** Counts writes in a node's clock, and adds the retirements among them to those that it knows. */
export function countWrites(writes: readonly Write[], state: Pick<NodeState, 'clock' | 'retired'>): Counted {
  const clock = { ...state.clock };
  const added: Retirement[] = [];
  for (const write of writes) {
    clock[write.sender] = counterOf(write.vc, write.sender);
    const retirement = retirementIn(write);
    if (retirement !== undefined) added.push(retirement);
  }
  return { clock, added, retired: state.retired.with(added) };
}

/**
 * Stores writes, their clock, and what the data has of the journal with them; undefined if that does not change. Call it
 * inside a transaction.
 *
 * @param target knows the retirements among the writes: the clocks of later ones may omit what an earlier one retires
 * @returns the size of the log, and what the writes have made of their keys
 */
export function commitWrites(
  writes: readonly Write[],
  target: WriteTarget,
  data: { meta: LmdbMeta; owner: string; logBytes: number; journal: JournalPosition | null | undefined },
): { logBytes: number; written: readonly KeyVersions[] } {
  const { journal, meta, owner } = data;
  const { written, ...grown } = addWrites(writes, target);
  const logBytes = (meta.get('logBytes') ?? data.logBytes) + grown.bytes;
  meta.put({
    clock: target.retired.compact(target.clock),
    logBytes,
    ...(journal !== undefined && { journal }),
    // The marks stay as they are while the journal and the blocks do.
    ...(journal === null && diskMarks(owner, meta, { journal: false })),
  });
  if (grown.hasBlocks && !hasBlocks(meta)) meta.put(diskMarks(owner, meta, { blocks: true }));
  return { logBytes, written };
}
