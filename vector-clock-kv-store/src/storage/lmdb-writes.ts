import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf } from '../causality/vector-clock.ts';
import { type Version, withWrite } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import { versionsJsonOf } from './encoded-write.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbLog, LogGrowth } from './lmdb-log.ts';
import type { KeyVersions } from './storage.ts';

/** Where writes are stored. */
export type WriteTarget = {
  log: LmdbLog;
  space: LmdbKeySpace;
  retired: Retirements;
  /** Counts the writes. */
  clock: Record<NodeId, number>;
  /** Whether the log may store them in blocks, which earlier releases cannot read. */
  inBlocks: boolean;
};

/**
 * Adds writes to the log and to the versions of their keys. Call it inside a transaction.
 *
 * @returns what the log has grown by, and what the writes have made of their keys
 */
export function addWrites(
  writes: readonly Write[],
  { log, space, retired, clock, inBlocks }: WriteTarget,
): LogGrowth & { written: KeyVersions[] } {
  // Each key once: many of the writes may overwrite one another.
  const keys = new Map<string, Change>();
  for (const write of writes) {
    const change = changeOf(keys, write.key, space);
    change.after = withWrite(change.after, write, retired);
    change.last = write;
    clock[write.sender] = counterOf(write.vc, write.sender);
  }
  const written: KeyVersions[] = [];
  for (const [key, { before, after, last }] of keys) {
    const isOnly = last !== undefined && after.length === 1 && after[0]?.vc === last.vc;
    space.set(key, after, before, isOnly ? versionsJsonOf(last) : undefined);
    written.push([key, after]);
  }
  return { ...log.append(writes, inBlocks), written };
}

/** What writes make of a key's versions, and the last of them. */
type Change = { readonly before: readonly Version[]; after: readonly Version[]; last: Write | undefined };

function changeOf(keys: Map<string, Change>, key: string, space: LmdbKeySpace): Change {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const before = space.versions(key);
  const change: Change = { before, after: before, last: undefined };
  keys.set(key, change);
  return change;
}
