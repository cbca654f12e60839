import type { Disowned, Lineage } from '../causality/lineage.ts';
import type { NodeId } from '../causality/node-id.ts';
import type { Retirement, Retirements } from '../causality/retirements.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import type { LogLimit } from './take-within.ts';

/** The key of the cluster's membership records. Clients cannot use it: their keys contain no NUL. */
export const MEMBERS_KEY = '\0members';

/** Reports whether a key belongs to the cluster itself; clients neither read nor write it. */
export function isReservedKey(key: string): boolean {
  return key.startsWith('\0');
}

/** The id that a node counts its writes under, and whether it has caught up with its peers under that id. */
export type Identity = {
  id: NodeId;
  caughtUp: boolean;
  /** The lives that have written to this storage; absent in data of earlier releases. */
  lineage?: Lineage;
  /** The lives that claimed the id and were not answered by all: they have made no write under it. */
  pending?: Lineage;
  /** Own writes that contradict the cluster's: they must not be served, and are written again under a new id. */
  disowned?: Disowned;
};

/** The lives of other nodes' disks, by configured name. */
export type Claims = Readonly<Record<string, Lineage>>;

/** What an installation that replaces the data changes besides: the identity, the retirements, and writes to add. */
export type InstallExtras = { identity: Identity; retired: Retirements; writes: readonly Write[] };

/** A key with its versions, the winner first. */
export type KeyVersions = readonly [key: string, versions: readonly Version[]];

/** Some of the stored keys, and the cursor of the next page; undefined on the last page. */
export type KeyPage = { keys: KeyVersions[]; next: string | undefined };

/**
 * A page of a node's keys, and the clock of the snapshot. Its versions are those of that clock; a node of an earlier
 * release may also send newer ones. Each page has all retirements that these clocks count.
 */
export type SnapshotPage = KeyPage & { clock: VectorClock; retired?: readonly Retirement[] | undefined };

/** A view of the stored keys at one moment: later changes do not affect it. Close it soon: it holds disk space. */
export interface Snapshot {
  /** The stored writes at that moment, with the entries of retired ids. */
  readonly clock: VectorClock;

  /** All retirements that the clock and the versions' clocks count. */
  readonly retired: Retirements;

  /** Returns the keys after a cursor: about `limitBytes` of JSON, but at least one key. */
  page(cursor: string | undefined, limitBytes: number): KeyPage;

  close(): void;
}

/** Stores the writes that a node has delivered, as a log and as the current versions of each key. */
export interface Storage {
  /** Undefined until the first `adopt`. */
  readonly identity: Identity | undefined;

  /** Whether the data was not copied here since this node last used it: it has all that the node has acknowledged. */
  readonly inPlace?: boolean;

  adopt(identity: Identity): Promise<void>;

  /** What this node has recorded of the other nodes' lives. */
  readonly claims: Claims;

  recordClaims(claims: Claims): Promise<void>;

  /** The stored writes, with the entries of retired ids. */
  readonly clock: VectorClock;

  /** Writes pruned from the log; their values remain. */
  readonly pruned: VectorClock;

  /** The retirements among the stored writes, and those added with a snapshot. */
  readonly retired: Retirements;

  /** Adds the retirements of a snapshot that is being installed. They are stored at once; more of them do no harm. */
  addRetired(retirements: readonly Retirement[]): Promise<void>;

  /**
   * Stores writes in this order, all or none. `clock`, `versions` and `log` show them once it resolves, not
   * before; by then they are as durable as this storage makes them.
   */
  commit(writes: readonly Write[]): Promise<void>;

  /** Returns a key's versions, the winner first; empty if the key was never written. */
  versions(key: string): readonly Version[];

  /** Iterates over all keys with their versions. */
  scan(): Iterable<KeyVersions>;

  /** Opens a view of all keys and their clock that later commits do not change. */
  openSnapshot(): Snapshot;

  /** Returns one node's writes after its write number `after`, in order, up to `limit` but at least one. */
  log(origin: NodeId, after: number, limit: LogLimit): Write[];

  /** The size of the log, in bytes as this storage keeps it. */
  readonly logBytes: number;

  /** Iterates over the sizes of one node's writes in the log after its write number `after`, in order. */
  logSizes(origin: NodeId, after: number): Iterable<number>;

  /** Removes writes from the log; their values remain. Large removals take several calls. */
  prune(upTo: VectorClock): Promise<void>;

  /** The number of keys that have only deletions. */
  readonly tombstones: number;

  /** Removes the keys that have only deletions, all of them included in `stable`. Large removals take several calls. */
  dropTombstones(stable: VectorClock): Promise<void>;

  /** Starts installing a snapshot: discards whatever was staged before. */
  beginInstall(): Promise<void>;

  /** Stages keys of a snapshot; a key without versions is left out. They stay invisible until `installStaged`. */
  stage(keys: readonly KeyVersions[]): Promise<void>;

  /** Returns the versions staged for a key. */
  staged(key: string): readonly Version[];

  /**
   * Replaces all data with the staged keys, all or nothing. The writes in `clock` count as stored. The log keeps the
   * writes of the nodes whose entry in the clock stays the same; those of all other nodes count as pruned.
   *
   * @param awaited the clock to reach before the staged keys are consistent; with one that `clock` does not reach, the
   * node has not caught up, which is stored too
   * @param extras changes the identity and adds writes in the same transaction; the whole log counts as pruned then
   */
  installStaged(clock: VectorClock, awaited?: VectorClock, extras?: InstallExtras): Promise<void>;

  /** The clock to reach before this data may be served: that of the last installed snapshot. */
  readonly awaited: VectorClock;

  close(): Promise<void>;
}
