import { join } from 'node:path';
import {
  DATA_FILE,
  type FileCheck,
  type LmdbDirectory,
  openLmdbDirectory,
} from '@gridclock/durable-tables/lmdb';
import type { NodeId } from '../causality/node-id.ts';
import type { Retirement, Retirements } from '../causality/retirements.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import type { Write } from '../causality/write.ts';
import { type RunTransaction, runOnce } from './full-disk.ts';
import { changedOrigins } from './installed-log.ts';
import type { JournalPosition } from './journal/journal.ts';
import { commitWrites, countWrites } from './lmdb-commit.ts';
import { type InstalledState, switchToStaged } from './lmdb-install.ts';
import { LmdbKeySpace } from './lmdb-key-space.ts';
import { LmdbKeys } from './lmdb-keys.ts';
import { LmdbLog } from './lmdb-log.ts';
import { LmdbMeta, type NodeState } from './lmdb-meta.ts';
import { claimDirectory, diskMarks } from './lmdb-owner.ts';
import { LmdbPlace } from './lmdb-place.ts';
import { pruneAll, pruneLog, pruneStoredFirst } from './lmdb-prune.ts';
import { LmdbTransactions } from './lmdb-transactions.ts';
import { prepareStop } from './lmdb-unpack.ts';
import type { Claims, Identity, InstallExtras, KeyVersions, Snapshot, Storage } from './storage.ts';
import type { LogLimit } from './take-within.ts';

/** The meta data, the log, and two key spaces of two each. */
const DATABASES = 6;

/**
 * Stores everything on disk, in LMDB. One atomic commit, flushed before it is acknowledged, holds the writes and the clock;
 * the versions of the keys follow later. Reads use LMDB's memory map, so the data may exceed the heap.
 */
export class LmdbStorage implements Storage {
  readonly #directory: LmdbDirectory;
  readonly #transactions: LmdbTransactions;
  readonly #meta: LmdbMeta;
  readonly #keys: LmdbKeys;
  readonly #log: LmdbLog;
  readonly #owner: string;
  #state: NodeState;
  #place: LmdbPlace | undefined;

  private constructor(directory: LmdbDirectory, owner: string, run: RunTransaction) {
    const { root, path } = directory;
    const file = join(path, DATA_FILE);
    this.#directory = directory;
    this.#owner = owner;
    this.#transactions = new LmdbTransactions(directory, run);
    this.#meta = new LmdbMeta(root, file);
    this.#log = new LmdbLog(root, file);
    this.#state = this.#meta.state(() => this.#log.measure());
    this.#keys = new LmdbKeys({
      meta: this.#meta,
      owner,
      transactions: this.#transactions,
      state: () => this.#state,
      spaces: [new LmdbKeySpace(root, 'a', file), new LmdbKeySpace(root, 'b', file)],
    });
  }

  /**
   * Opens a data directory, creating it if necessary.
   *
   * @param owner the node's configured name
   * @param run runs each transaction, and may repeat it while the disk is full
   * @param beforePlace called with what the data has of a journal, and its clock, before it is decided whether it is in place
   * @throws DamagedDataError if the data file is damaged
   * @throws StorageError if the directory is in use, not writable, or holds another node's data
   */
  static open(
    directory: string,
    owner: string,
    run = runOnce,
    beforePlace: (journal: JournalPosition | undefined, clock: VectorClock) => Promise<void> = async () => {},
  ): Promise<LmdbStorage> {
    const build = async (opened: LmdbDirectory) => {
      const storage = new LmdbStorage(opened, owner, run);
      await claimDirectory(owner, storage.#meta, storage.#transactions);
      storage.#keys.restore(storage.#log);
      await beforePlace(storage.#meta.get('journal') ?? undefined, storage.clock);
      storage.#place = await LmdbPlace.open(opened, storage.#meta);
      return storage;
    };
    return openLmdbDirectory(directory, DATABASES, build, LmdbPlace.prepare);
  }

  /** What was checked before opening; undefined after a clean shutdown, or without data. */
  get check(): FileCheck | undefined {
    return this.#directory.check;
  }

  get clock(): VectorClock {
    return this.#state.clock;
  }

  get pruned(): VectorClock {
    return this.#state.pruned;
  }

  get identity(): Identity | undefined {
    return this.#state.identity;
  }

  get inPlace(): boolean {
    return this.#place?.inPlace ?? false;
  }

  async adopt(identity: Identity): Promise<void> {
    const place = this.#place?.after(identity);
    await this.#transactions.apply(() => this.#meta.put({ identity, ...place }));
    this.#state = { ...this.#state, identity };
  }

  get retired(): Retirements {
    return this.#state.retired;
  }

  async addRetired(retirements: readonly Retirement[]): Promise<void> {
    await this.#keys.storeAll();
    await this.#transactions.apply(() => this.#meta.addRetired(retirements));
    this.#state = { ...this.#state, retired: this.retired.with(retirements) };
  }

  get claims(): Claims {
    return this.#state.claims;
  }

  async recordClaims(claims: Claims): Promise<void> {
    await this.#transactions.apply(() => this.#meta.put({ claims }));
    this.#state = { ...this.#state, claims };
  }

  /** Records what the data has of a journal. Not repeated while the disk is full: the data does without one. */
  async recordJournal(journal: JournalPosition | null): Promise<void> {
    await this.#directory.root.childTransaction(() => {
      const marks = diskMarks(this.#owner, this.#meta, { journal: journal !== null });
      this.#meta.put({ journal, ...marks });
    });
  }

  /** @param journal what the data has of the journal with these writes; stored with them */
  async commit(writes: readonly Write[], journal?: JournalPosition | null): Promise<void> {
    const { clock, retired, added } = countWrites(writes, this.#state);
    // A start after a crash applies writes again with the retirements that are known then.
    if (added.length > 0) await this.#keys.storeAll();
    await this.#keys.makeRoom();
    const [log, meta, owner] = [this.#log, this.#meta, this.#owner];
    const keysUpTo = this.#keys.areStored ? this.clock : undefined;
    // Before: a key whose record is damaged must fail the whole commit.
    const changes = this.#keys.changesOf(writes, retired);
    let { logBytes } = this;
    await this.#transactions.apply(() => {
      const stored = retired.compact(clock);
      logBytes = commitWrites(writes, { log, meta, owner, clock: stored, logBytes, journal, keysUpTo });
      meta.addRetired(added);
    });
    if (keysUpTo !== undefined) this.#keys.recorded(keysUpTo);
    this.#state = { ...this.#state, retired: this.retired.with(added), clock, logBytes };
    this.#keys.add(changes);
    log.remember(writes);
  }

  versions(key: string): readonly Version[] {
    return this.#keys.versions(key);
  }

  scan(): Iterable<KeyVersions> {
    return this.#keys.scan();
  }

  openSnapshot(): Snapshot {
    return this.#keys.openSnapshot(this.#directory.root);
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    // A block may hold writes that are pruned already.
    return this.#log.read(origin, Math.max(after, counterOf(this.pruned, origin)), limit);
  }

  get logBytes(): number {
    return this.#state.logBytes;
  }

  logSizes(origin: NodeId, after: number): Iterable<number> {
    const from = Math.max(after, counterOf(this.pruned, origin)) + 1;
    return this.#log.sizes(origin, from, counterOf(this.clock, origin));
  }

  prune(upTo: VectorClock): Promise<void> {
    return pruneStoredFirst(this, upTo, this.#keys, async (part) => {
      let result: Pick<NodeState, 'pruned' | 'logBytes'> | undefined;
      await this.#transactions.apply(() => {
        result = pruneLog(this.#log, this.#meta, this.#state, this.#keys.limit(part));
      });
      this.#state = { ...this.#state, ...result };
    });
  }

  get tombstones(): number {
    return this.#keys.tombstones;
  }

  dropTombstones(stable: VectorClock): Promise<void> {
    return this.#keys.dropTombstones(stable);
  }

  async beginInstall(): Promise<void> {
    await this.#transactions.apply(() => this.#keys.spare.clear());
  }

  async stage(keys: readonly KeyVersions[]): Promise<void> {
    const { spare } = this.#keys;
    await this.#transactions.apply(() => {
      for (const [key, versions] of keys) spare.set(key, versions);
    });
  }

  staged(key: string): readonly Version[] {
    return this.#keys.spare.versions(key);
  }

  async installStaged(clock: VectorClock, awaited = zeroClock, extras?: InstallExtras): Promise<void> {
    await this.#keys.settle();
    const changed = changedOrigins(this.clock, clock, extras !== undefined);
    // Before the switch, in small steps: a log may be larger than one transaction should be.
    await pruneAll(this, changed);
    const [log, space] = [this.#log, this.#keys.spare];
    let installed: InstalledState | undefined;
    await this.#transactions.apply(() => {
      const installation = { log, space, clock, awaited, changed, extras };
      installed = switchToStaged(this.#meta, this.#state, installation);
    });
    this.#state = { ...this.#state, ...installed };
    await this.#transactions.apply(() => this.#keys.spare.clear());
  }

  get awaited(): VectorClock {
    return this.#state.awaited;
  }

  async close(): Promise<void> {
    const [{ root }, log, meta, owner] = [this.#directory, this.#log, this.#meta, this.#owner];
    await prepareStop(this.#keys, { root, log, meta, owner });
    await this.#directory.close();
  }
}
