import type { Key, RootDatabase } from 'lmdb';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, descends, type VectorClock } from '../causality/vector-clock.ts';
import { type Version, withWrite } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import { DeferredKeys } from './deferred-keys.ts';
import { bytesOf } from './encoded-write.ts';
import type { LmdbKeySpace } from './lmdb-key-space.ts';
import type { LmdbLog } from './lmdb-log.ts';
import type { LmdbMeta, NodeState } from './lmdb-meta.ts';
import { diskMarks } from './lmdb-owner.ts';
import { PRUNE_AT_ONCE } from './lmdb-prune.ts';
import { openLmdbSnapshot } from './lmdb-snapshot.ts';
import type { LmdbTransactions } from './lmdb-transactions.ts';
import { overlayKeys } from './overlay-keys.ts';
import type { KeyVersions, Snapshot } from './storage.ts';

/** 8 MiB of the log, some 35,000 small writes: a start after a crash applies them again. */
const MAX_LOGGED_BYTES = 8 * 1024 * 1024;

/** 256 keys per transaction: about 1 ms of the event loop. */
const KEYS_AT_ONCE = 256;

/** What writes make of their keys, and their bytes in the log. */
export type KeyChanges = {
  readonly keys: Map<string, { readonly before: readonly Version[]; after: readonly Version[] }>;
  readonly bytes: number;
};

type LmdbKeysOptions = {
  meta: LmdbMeta;
  owner: string;
  transactions: Pick<LmdbTransactions, 'apply'>;
  /** What the database has, as far as it is reported. */
  state: () => NodeState;
  /** One is active; a snapshot is staged in the other. */
  spaces: readonly [LmdbKeySpace, LmdbKeySpace];
};

/**
 * The versions of all keys: those in the key space, and newer ones in memory. A commit stores its writes in the log only;
 * their keys follow later, each once for all its writes. After a crash, the log has what the key space lacks.
 */
export class LmdbKeys {
  readonly #options: LmdbKeysOptions;
  readonly #deferred = new DeferredKeys();
  /** The writes that the key space has for certain; undefined if that is all. */
  #storedUpTo: VectorClock | undefined;
  /** The bytes of the log whose keys are deferred. */
  #loggedBytes = 0;
  #storing: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: LmdbKeysOptions) {
    this.#options = options;
    this.#storedUpTo = options.meta.get('keysUpTo') ?? undefined;
  }

  /**
   * Applies the writes of the log whose keys the key space may lack. Call it once, after opening.
   *
   * @throws DamagedDataError
   */
  restore(log: LmdbLog): void {
    if (this.#storedUpTo === undefined) return;
    const { clock, pruned, retired } = this.#options.state();
    for (const [origin, last] of Object.entries(clock)) {
      const after = Math.max(counterOf(this.#storedUpTo, origin), counterOf(pruned, origin));
      for (const writes of log.parts(origin, after, last)) this.add(this.changesOf(writes, retired));
    }
  }

  /** Whether the key space has the keys of all writes. */
  get areStored(): boolean {
    return this.#storedUpTo === undefined;
  }

  versions(key: string): readonly Version[] {
    return this.#deferred.versions(key) ?? this.#space.versions(key);
  }

  /** Opens a view of all keys at this moment. */
  openSnapshot(root: RootDatabase<unknown, Key>): Snapshot {
    const { meta, spaces, state } = this.#options;
    return openLmdbSnapshot({ root, meta, spaces, state: state(), deferred: this.#deferred.keys() });
  }

  scan(): Iterable<KeyVersions> {
    return overlayKeys(this.#space.scan(), this.#deferred.keys());
  }

  /** The number of keys that have only deletions. */
  get tombstones(): number {
    return this.#space.tombstones + this.#deferred.tombstones;
  }

  /** Removes the keys that have only deletions, all of them included in `stable`. */
  async dropTombstones(stable: VectorClock): Promise<void> {
    if (this.tombstones > 0) await this.storeAll();
    let dropped = 0;
    do {
      await this.#options.transactions.apply(() => {
        dropped = this.#space.dropTombstones(stable, PRUNE_AT_ONCE);
      });
      // As long as most of them go, the next ones are worth a transaction too: deletions must not outpace this.
    } while (dropped > PRUNE_AT_ONCE / 2);
  }

  /**
   * Waits until there is room for the keys of further writes.
   *
   * @throws what a transaction threw that stored keys
   */
  async makeRoom(): Promise<void> {
    while (this.#isFull && this.#storing !== undefined) await this.#storing;
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#isFull) return;
    this.#store().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Returns what writes make of their keys. @throws DamagedDataError */
  changesOf(writes: readonly Write[], retired: Retirements): KeyChanges {
    const keys: KeyChanges['keys'] = new Map();
    let bytes = 0;
    for (const write of writes) {
      const known = keys.get(write.key);
      const before = known?.after ?? this.versions(write.key);
      const after = withWrite(before, write, retired);
      if (known === undefined) keys.set(write.key, { before, after });
      else known.after = after;
      bytes += bytesOf(write);
    }
    return { keys, bytes };
  }

  /** Makes changes visible. Call it once their writes are in the log. */
  add({ bytes, keys }: KeyChanges): void {
    for (const [key, { after, before }] of keys) this.#deferred.set(key, after, before);
    this.#loggedBytes += bytes;
  }

  /** Notes that a commit has recorded that the key space may lack writes behind a clock. */
  recorded(storedUpTo: VectorClock): void {
    this.#storedUpTo = storedUpTo;
  }

  /** Stores all keys. */
  async storeAll(): Promise<void> {
    // One that is under way may lack the last ones.
    await this.#storing;
    await this.#store();
  }

  /** The same, and records that the key space lacks nothing. No commit may happen meanwhile. */
  async settle(): Promise<void> {
    await this.storeAll();
    // One that begins during the transaction would record again that keys may be lacking.
    while (this.#storing !== undefined) await this.#storing;
    await this.#alone(() => this.#recordAllStored());
  }

  /** The key space that a snapshot is staged in. */
  get spare(): LmdbKeySpace {
    const { spaces, state } = this.#options;
    return spaces[1 - state().active] ?? spaces[1];
  }

  /** Limits a clock to the writes whose keys are stored: the log must keep the others. */
  limit(clock: VectorClock): VectorClock {
    const stored = this.#storedUpTo;
    if (stored === undefined) return clock;
    const limited = Object.entries(clock).map(
      ([origin, counter]) => [origin, Math.min(counter, counterOf(stored, origin))] as const,
    );
    return Object.fromEntries(limited);
  }

  get #space(): LmdbKeySpace {
    const { spaces, state } = this.#options;
    return spaces[state().active] ?? spaces[0];
  }

  get #isFull(): boolean {
    return this.#deferred.isFull || this.#loggedBytes >= MAX_LOGGED_BYTES;
  }

  #store(): Promise<void> {
    return this.#alone(() => this.#storeTaken());
  }

  /** Does something, or waits for what is being done: only one of them at a time. */
  #alone(store: () => Promise<void>): Promise<void> {
    this.#storing ??= store().finally(() => {
      this.#storing = undefined;
    });
    return this.#storing;
  }

  async #recordAllStored(): Promise<void> {
    if (this.#storedUpTo === undefined) return;
    const { meta, owner, transactions } = this.#options;
    await transactions.apply(() =>
      meta.put({ keysUpTo: null, ...diskMarks(owner, meta, { deferredKeys: false }) }),
    );
    this.#storedUpTo = undefined;
  }

  async #storeTaken(): Promise<void> {
    if (this.#storedUpTo === undefined) return;
    const { meta, transactions } = this.#options;
    const { clock } = this.#options.state();
    // As of an idle node, whose tombstones are looked at again and again: no flush for nothing.
    if (this.#deferred.isEmpty && descends(this.#storedUpTo, clock)) return;
    const space = this.#space;
    const taken = [...this.#deferred.take()];
    const loggedBytes = this.#loggedBytes;
    this.#loggedBytes = 0;
    try {
      for (let from = 0; from < taken.length; from += KEYS_AT_ONCE) {
        const part = taken.slice(from, from + KEYS_AT_ONCE);
        await transactions.apply(() => {
          for (const [key, { versions, wasTombstone }] of part) space.set(key, versions, wasTombstone);
        });
        space.remember(part.map(([key, { versions }]) => [key, versions]));
        this.#deferred.stored(part.map(([key]) => key));
      }
      await transactions.apply(() => meta.put({ keysUpTo: clock }));
    } catch (error) {
      this.#deferred.notStored();
      this.#loggedBytes += loggedBytes;
      throw error;
    }
    this.#storedUpTo = clock;
  }
}
