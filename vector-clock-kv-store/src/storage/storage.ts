import type { NodeId } from '../causality/node-id.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import type { LogLimit } from './log-limit.ts';

/** The name a node's writes are counted under, and whether it has caught up with its peers under it. */
export type Identity = { id: NodeId; caughtUp: boolean };

/** A key with its versions, the winner first. */
export type Entry = readonly [key: string, versions: readonly Version[]];

/** A part of all entries, and the mark to ask for the next part with; no mark after the last. */
export type EntryPage = { entries: Entry[]; next: string | undefined };

/** Where a node keeps what it has delivered: the log of writes, and each key's versions. */
export interface Storage {
  /** Undefined when nothing is stored yet. */
  readonly identity: Identity | undefined;

  adopt(identity: Identity): Promise<void>;

  /** All writes that are stored. */
  readonly clock: VectorClock;

  /** The writes that the log has no more, though they are stored. */
  readonly pruned: VectorClock;

  /**
   * Stores writes, all or none, in this order. When it resolves they are kept as durably as this storage
   * can, and `clock`, `versions` and `log` show them; not before.
   */
  commit(writes: readonly Write[]): Promise<void>;

  /** A key's versions, the winner first; empty when it has none. */
  versions(key: string): readonly Version[];

  /** Every key with its versions. */
  entries(): Iterable<Entry>;

  /** The entries from a mark on, about `limitBytes` of them as JSON but at least one. */
  page(mark: string | undefined, limitBytes: number): EntryPage;

  /** The writes of one node that follow its write number `after`, in order, up to `limit` but at least one. */
  log(origin: NodeId, after: number, limit: LogLimit): Write[];

  /** Forgets the log up to a clock; the versions stay. */
  prune(upTo: VectorClock): Promise<void>;

  /** Forgets the keys whose only version is a deletion that the clock knows. */
  dropTombstones(known: VectorClock): Promise<void>;

  /** Forgets what was staged and not installed. */
  beginInstall(): Promise<void>;

  /** Puts entries of another node's storage aside; nothing shows them yet. */
  stage(entries: readonly Entry[]): Promise<void>;

  /**
   * Replaces everything but the identity by what was staged, all or none. The writes behind it count as
   * stored up to `clock`, and as pruned from the log.
   */
  installStaged(clock: VectorClock): Promise<void>;

  close(): Promise<void>;
}
