import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf } from '../causality/vector-clock.ts';
import { type Version, withWrite } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbLog } from './lmdb-log.ts';

/** Where writes are stored. */
export type WriteTarget = {
  log: LmdbLog;
  space: LmdbKeySpace;
  retired: Retirements;
  /** Counts the writes. */
  clock: Record<NodeId, number>;
};

/**
 * Adds writes to the log, one in each record, and to the versions of their keys. Call it inside a transaction.
 *
 * @returns by how many bytes the log has grown
 */
export function addWrites(writes: readonly Write[], { log, space, retired, clock }: WriteTarget): number {
  // Each key once: many of the writes may overwrite one another.
  const keys = new Map<string, readonly Version[]>();
  for (const write of writes) {
    const before = keys.get(write.key) ?? space.versions(write.key);
    keys.set(write.key, withWrite(before, write, retired));
    clock[write.sender] = counterOf(write.vc, write.sender);
  }
  for (const [key, versions] of keys) space.set(key, versions);
  return log.append(writes, false).bytes;
}
