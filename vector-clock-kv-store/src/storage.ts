import type { LogLimit } from './log-limit.ts';
import type { NodeId, VectorClock } from './vector-clock.ts';
import type { Version } from './versions.ts';
import type { Write } from './write.ts';

/** Where a node keeps what it has delivered: the log of writes, and each key's versions. */
export interface Storage {
  /** The name that this node's writes are counted under; undefined when there is nothing stored yet. */
  readonly identity: NodeId | undefined;

  /** Keeps the name that writes are counted under from now on. */
  adopt(identity: NodeId): Promise<void>;

  /** All writes that are stored. */
  readonly clock: VectorClock;

  /**
   * Stores writes, all or none, in this order. When it resolves they are kept as durably as this storage
   * can, and `clock`, `versions` and `log` show them; not before.
   */
  commit(writes: readonly Write[]): Promise<void>;

  /** A key's versions, the winner first; empty when it was never written. */
  versions(key: string): readonly Version[];

  /** Every key with its versions. */
  entries(): Iterable<readonly [key: string, versions: readonly Version[]]>;

  /** The writes of one node that follow its write number `after`, in order, up to `limit` but at least one. */
  log(origin: NodeId, after: number, limit: LogLimit): Write[];

  close(): Promise<void>;
}
