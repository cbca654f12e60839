import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
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
  const keys = new Map<string, { before: readonly Version[]; after: readonly Version[] }>();
  for (const write of writes) {
    const { node, counter } = dotOf(write);
    const { before, after } = keys.get(write.key) ?? untouched(space.versions(write.key));
    keys.set(write.key, { before, after: withWrite(after, write, retired) });
    clock[node] = counter;
  }
  const written: KeyVersions[] = [];
  for (const [key, { before, after }] of keys) {
    space.set(key, after, before);
    written.push([key, after]);
  }
  return { ...log.append(writes, inBlocks), written };
}

function untouched(versions: readonly Version[]) {
  return { before: versions, after: versions };
}
