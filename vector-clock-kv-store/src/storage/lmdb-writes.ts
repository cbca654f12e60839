import type { NodeId } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbLog } from './lmdb-log.ts';

type Target = {
  log: LmdbLog;
  space: LmdbKeySpace;
  retired: Retirements;
  /** Counts the writes. */
  clock: Record<NodeId, number>;
};

/**
 * Adds writes to the log and to the versions of their keys. Call it inside a transaction.
 *
 * @returns the bytes that the log has grown by
 */
export function addWrites(writes: readonly Write[], { log, space, retired, clock }: Target): number {
  let bytes = 0;
  for (const write of writes) {
    const { node, counter } = dotOf(write);
    bytes += log.append(write);
    space.set(write.key, withWrite(space.versions(write.key), write, retired));
    clock[node] = counter;
  }
  return bytes;
}
