import { type Retirement, type Retirements, retirementIn } from '../causality/retirements.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { JournalPosition } from './journal/journal.ts';
import type { LmdbLog } from './lmdb-log.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import { diskMarks, hasBlocks } from './lmdb-owner.ts';

type Counted = { clock: Record<string, number>; added: readonly Retirement[]; retired: Retirements };

/** What a commit stores, beside its writes. */
type CommitData = {
  log: LmdbLog;
  meta: LmdbMeta;
  owner: string;
  /** The clock with the writes, without the entries of retired ids. */
  clock: VectorClock;
  logBytes: number;
  /** What the data has of the journal with the writes; undefined if that does not change. */
  journal: JournalPosition | null | undefined;
  /** What the key space has for certain; undefined if that is recorded. */
  keysUpTo: VectorClock | undefined;
};

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
 * Stores writes in the log, and their clock. Call it inside a transaction.
 *
 * @returns the size of the log
 */
export function commitWrites(writes: readonly Write[], data: CommitData): number {
  const { clock, journal, keysUpTo, log, meta, owner } = data;
  const grown = log.append(writes, true);
  const logBytes = (meta.get('logBytes') ?? data.logBytes) + grown.bytes;
  const marks = {
    ...(journal === null && { journal: false }),
    ...(keysUpTo !== undefined && { deferredKeys: true }),
    ...(grown.hasBlocks && !hasBlocks(meta) && { blocks: true }),
  };
  meta.put({
    clock,
    logBytes,
    ...(journal !== undefined && { journal }),
    ...(keysUpTo !== undefined && { keysUpTo }),
    // They stay as they are while the journal, the blocks and the deferred keys do.
    ...(Object.keys(marks).length > 0 && diskMarks(owner, meta, marks)),
  });
  return logBytes;
}
