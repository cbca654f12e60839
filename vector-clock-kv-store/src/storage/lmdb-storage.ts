import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CheckedDatabase,
  checkUnlessClean,
  DATA_FILE,
  DamagedDataError,
  type FileCheck,
  hasDataFile,
  lockDirectory,
  markClean,
  removeUnfinished,
  reserveLockFile,
} from '@gridclock/durable-tables/lmdb';
import { type Key, open, type RootDatabase, type Transaction } from 'lmdb';
import type { NodeId } from '../causality/node-id.ts';
import { type Retirement, Retirements, retirementIn } from '../causality/retirements.ts';
import { counterOf, descends, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { type Version, withWrite } from '../causality/versions.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { DiskFullError, type RunTransaction, runOnce } from './full-disk.ts';
import { changedOrigins, prunedAfterInstall } from './installed-log.ts';
import { LmdbKeySpace } from './lmdb-key-space.ts';
import { LmdbLog } from './lmdb-log.ts';
import type { Claims, Identity, InstallExtras, KeyVersions, Snapshot, Storage } from './storage.ts';
import type { LogLimit } from './take-within.ts';
import { StorageWriteError, writeFailure } from './write-failure.ts';

/** The data directory cannot be used; the message gives the reason. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** Log writes or tombstones removed per transaction. Removing this many takes a few milliseconds. */
const PRUNE_AT_ONCE = 5_000;

/** The node's own state, stored beside the data. */
type Meta = {
  owner: string;
  identity: Identity;
  claims: Claims;
  /** Without the entries that `retired` implies. */
  clock: VectorClock;
  pruned: VectorClock;
  awaited: VectorClock;
  retired: readonly Retirement[];
  /** The size of the log in bytes. Earlier releases do not store it. */
  logBytes: number;
  active: number;
};

/**
 * Stores everything on disk, in LMDB. One atomic commit, flushed before it is acknowledged, holds the log, the
 * versions and the clock. Reads use LMDB's memory map, so the data may exceed the heap, and opening needs no replay.
 */
export class LmdbStorage implements Storage {
  readonly #root: RootDatabase<unknown, Key>;
  readonly #directory: string;
  readonly #run: RunTransaction;
  readonly #meta: CheckedDatabase<Meta[keyof Meta], keyof Meta>;
  /** One is active; a snapshot is staged in the other. */
  readonly #spaces: readonly [LmdbKeySpace, LmdbKeySpace];
  #active: number;
  readonly #log: LmdbLog;
  /** What was checked before opening; undefined after a clean shutdown, or without data. */
  readonly check: FileCheck | undefined;
  readonly #unlock: () => Promise<void>;
  #clock: VectorClock;
  #pruned: VectorClock;
  #awaited: VectorClock;
  #retired: Retirements;
  #logBytes: number;
  #identity: Identity | undefined;
  #claims: Claims;

  private constructor(
    root: RootDatabase<unknown, Key>,
    directory: string,
    run: RunTransaction,
    unlock: () => Promise<void>,
    check: FileCheck | undefined,
  ) {
    this.check = check;
    this.#root = root;
    this.#directory = directory;
    this.#run = run;
    this.#unlock = unlock;
    const file = join(directory, DATA_FILE);
    this.#meta = new CheckedDatabase(root, { name: 'meta', file });
    this.#spaces = [new LmdbKeySpace(root, 'a', file), new LmdbKeySpace(root, 'b', file)];
    this.#log = new LmdbLog(root, file);
    this.#active = this.#stored('active') ?? 0;
    this.#retired = Retirements.none.with(this.#stored('retired') ?? []);
    this.#clock = this.#retired.expand(this.#stored('clock') ?? zeroClock);
    this.#pruned = this.#stored('pruned') ?? zeroClock;
    this.#awaited = this.#stored('awaited') ?? zeroClock;
    this.#logBytes = this.#stored('logBytes') ?? this.#log.measure();
    this.#identity = this.#stored('identity');
    this.#claims = this.#stored('claims') ?? {};
  }

  /**
   * Opens a data directory, creating it if necessary.
   *
   * @param owner the node's configured name
   * @param run runs each transaction, and may repeat it while the disk is full
   * @throws DamagedDataError if the data file is damaged
   * @throws StorageError if the directory is in use, not writable, or holds another node's data
   */
  static async open(directory: string, owner: string, run = runOnce): Promise<LmdbStorage> {
    let unlock = async () => {};
    let isNew = false;
    try {
      await mkdir(directory, { recursive: true });
      unlock = await lockDirectory(directory);
      await reserveLockFile(directory);
      isNew = !(await hasDataFile(directory));
      const check = await checkUnlessClean(directory);
      const root = open<unknown, Key>({
        path: directory,
        maxDbs: 6,
        // Without overlapping syncs, a commit is on disk before it becomes visible.
        overlappingSync: false,
        // Batches of an event turn reject a promise that nobody can handle, which would end the process.
        eventTurnBatching: false,
      });
      const storage = new LmdbStorage(root, directory, run, unlock, check);
      await storage.#claim(owner);
      return storage;
    } catch (error) {
      if (isNew) await removeUnfinished(directory);
      await unlock();
      if (error instanceof DamagedDataError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageError(reason.includes(directory) ? reason : `${directory} cannot be used: ${reason}`);
    }
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#pruned;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  async adopt(identity: Identity): Promise<void> {
    await this.#transact(() => this.#meta.put('identity', identity));
    this.#identity = identity;
  }

  get retired(): Retirements {
    return this.#retired;
  }

  async addRetired(retirements: readonly Retirement[]): Promise<void> {
    await this.#transact(() => this.#storeRetired(retirements));
    this.#retired = this.#retired.with(retirements);
  }

  get claims(): Claims {
    return this.#claims;
  }

  async recordClaims(claims: Claims): Promise<void> {
    await this.#transact(() => this.#meta.put('claims', claims));
    this.#claims = claims;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const clock: Record<NodeId, number> = { ...this.#clock };
    // First: the clocks of later writes in the batch may omit what an earlier one retires.
    const added = writes.flatMap((write) => retirementIn(write) ?? []);
    const retired = this.#retired.with(added);
    let logBytes = this.#logBytes;
    await this.#transact(() => {
      logBytes = this.#stored('logBytes') ?? this.#logBytes;
      for (const write of writes) {
        const { node, counter } = dotOf(write);
        logBytes += this.#log.append(write);
        this.#current.set(write.key, withWrite(this.versions(write.key), write, retired));
        clock[node] = counter;
      }
      this.#meta.put('clock', retired.compact(clock));
      this.#storeRetired(added);
      this.#meta.put('logBytes', logBytes);
    });
    this.#retired = this.#retired.with(added);
    this.#clock = clock;
    this.#logBytes = logBytes;
  }

  versions(key: string): readonly Version[] {
    return this.#current.versions(key);
  }

  scan(): Iterable<KeyVersions> {
    return this.#current.scan();
  }

  openSnapshot(): Snapshot {
    const transaction = this.#root.useReadTransaction();
    const space = this.#spaces[this.#stored('active', transaction) ?? 0] ?? this.#spaces[0];
    const retired = Retirements.none.with(this.#stored('retired', transaction) ?? []);
    return {
      clock: retired.expand(this.#stored('clock', transaction) ?? zeroClock),
      retired,
      page: (cursor, limitBytes) => space.page(transaction, cursor, limitBytes),
      close: () => transaction.done(),
    };
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    return this.#log.read(origin, after, limit);
  }

  get logBytes(): number {
    return this.#logBytes;
  }

  logSizes(origin: NodeId, after: number): Iterable<number> {
    const from = Math.max(after, counterOf(this.#pruned, origin)) + 1;
    return this.#log.sizes(origin, from, counterOf(this.#clock, origin));
  }

  async prune(upTo: VectorClock): Promise<void> {
    let pruned: Record<NodeId, number> = {};
    let logBytes = this.#logBytes;
    await this.#transact(() => {
      logBytes = this.#stored('logBytes') ?? this.#logBytes;
      // Read from disk, not from `#pruned`: a snapshot may have been installed since.
      pruned = { ...this.#stored('pruned') };
      for (const [origin, counter] of Object.entries(upTo)) {
        const from = counterOf(pruned, origin) + 1;
        const to = Math.min(counter, counterOf(this.#clock, origin), from + PRUNE_AT_ONCE - 1);
        logBytes -= this.#log.remove(origin, from, to);
        if (to >= from) pruned[origin] = to;
      }
      this.#meta.put('pruned', pruned);
      this.#meta.put('logBytes', logBytes);
    });
    this.#pruned = pruned;
    this.#logBytes = logBytes;
  }

  get tombstones(): number {
    return this.#current.tombstones;
  }

  async dropTombstones(stable: VectorClock): Promise<void> {
    let dropped = 0;
    do {
      await this.#transact(() => {
        dropped = this.#current.dropTombstones(stable, PRUNE_AT_ONCE);
      });
      // As long as most of them go, the next ones are worth a transaction too: deletions must not outpace this.
    } while (dropped > PRUNE_AT_ONCE / 2);
  }

  async beginInstall(): Promise<void> {
    await this.#transact(() => this.#spare.clear());
  }

  async stage(keys: readonly KeyVersions[]): Promise<void> {
    await this.#transact(() => {
      for (const [key, versions] of keys) this.#spare.set(key, versions);
    });
  }

  staged(key: string): readonly Version[] {
    return this.#spare.versions(key);
  }

  async installStaged(
    clock: VectorClock,
    awaited: VectorClock = zeroClock,
    extras?: InstallExtras,
  ): Promise<void> {
    const changed = changedOrigins(this.#clock, clock, extras !== undefined);
    // Before the switch, in small steps: a log may be larger than one transaction should be.
    await this.#pruneAll(changed);
    const active = 1 - this.#active;
    const counted: Record<NodeId, number> = { ...clock };
    const retired = extras?.retired ?? this.#retired;
    let pruned = zeroClock;
    let identity = this.#identity;
    let logBytes = this.#logBytes;
    await this.#transact(() => {
      logBytes = this.#stored('logBytes') ?? this.#logBytes;
      // Read from disk, not from `#pruned`: a round of pruning may still be on its way.
      pruned = prunedAfterInstall(this.#stored('pruned') ?? zeroClock, clock, changed);
      identity = extras?.identity ?? this.#stored('identity');
      if (identity !== undefined && !descends(clock, awaited)) identity = { ...identity, caughtUp: false };
      for (const write of extras?.writes ?? []) {
        const { node, counter } = dotOf(write);
        logBytes += this.#log.append(write);
        this.#spare.set(write.key, withWrite(this.#spare.versions(write.key), write, retired));
        counted[node] = counter;
      }
      this.#meta.put('active', active);
      this.#meta.put('clock', retired.compact(counted));
      if (extras !== undefined) this.#meta.put('retired', retired.all);
      this.#meta.put('pruned', pruned);
      this.#meta.put('awaited', awaited);
      this.#meta.put('logBytes', logBytes);
      if (identity !== undefined) this.#meta.put('identity', identity);
    });
    this.#active = active;
    this.#retired = retired;
    this.#clock = counted;
    this.#pruned = pruned;
    this.#awaited = awaited;
    this.#logBytes = logBytes;
    this.#identity = identity;
    await this.#transact(() => this.#spare.clear());
  }

  get awaited(): VectorClock {
    return this.#awaited;
  }

  async close(): Promise<void> {
    await this.#root.close();
    await markClean(this.#directory);
    await this.#unlock();
  }

  /** Applies changes, all or none. `apply` may run several times. */
  #transact(apply: () => unknown): Promise<void> {
    return this.#run(async () => {
      try {
        // A child transaction, because LMDB's package commits half of a plain one if its callback throws.
        await this.#root.childTransaction(() => void apply());
      } catch (error) {
        const failure = await writeFailure(error, this.#directory);
        if (failure instanceof DiskFullError) this.#checkUsable();
        throw failure;
      }
    });
  }

  /**
   * Throws if LMDB accepts no more transactions, as after it could not write its own state. Repeating one would never
   * settle; the process must exit.
   */
  #checkUsable(): void {
    try {
      this.#root.transactionSync(() => {});
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StorageWriteError(`LMDB cannot write to ${this.#directory}: ${reason}`);
    }
  }

  /** Prunes everything of some nodes. */
  async #pruneAll(origins: readonly NodeId[]): Promise<void> {
    const upTo = Object.fromEntries(origins.map((origin) => [origin, counterOf(this.#clock, origin)]));
    while (!descends(this.#pruned, upTo)) await this.prune(upTo);
  }

  get #current(): LmdbKeySpace {
    return this.#spaces[this.#active] ?? this.#spaces[0];
  }

  get #spare(): LmdbKeySpace {
    return this.#spaces[1 - this.#active] ?? this.#spaces[1];
  }

  /** Records which node the data belongs to; throws if it belongs to another one. */
  async #claim(owner: string): Promise<void> {
    const holder = this.#stored('owner');
    if (holder === undefined) await this.#transact(() => this.#meta.put('owner', owner));
    else if (holder !== owner) {
      await this.#root.close();
      throw new Error(`it holds the data of ${holder}, not of ${owner}`);
    }
  }

  /** Stores further retirements. Call it inside a transaction. Read from disk: another one may be on its way. */
  #storeRetired(added: readonly Retirement[]): void {
    if (added.length === 0) return;
    const retired = Retirements.none.with(this.#stored('retired') ?? []).with(added);
    this.#meta.put('retired', retired.all);
  }

  #stored<Name extends keyof Meta>(name: Name, transaction?: Transaction): Meta[Name] | undefined {
    const options = transaction === undefined ? {} : { transaction };
    // Safe: only this class writes to `#meta`, and LMDB has one value type for all keys.
    return this.#meta.get(name, options) as Meta[Name] | undefined;
  }
}
