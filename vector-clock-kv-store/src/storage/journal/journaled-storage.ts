import { type FileCheck, removePlaces } from '@gridclock/durable-tables/lmdb';
import type { NodeId } from '../../causality/node-id.ts';
import { type Retirement, type Retirements, retirementIn } from '../../causality/retirements.ts';
import { counterOf, descends, type VectorClock } from '../../causality/vector-clock.ts';
import { isTombstone, type Version } from '../../causality/versions.ts';
import { dotOf, type Write } from '../../causality/write.ts';
import { jsonOf, jsonWithin } from '../encoded-write.ts';
import { runOnce } from '../full-disk.ts';
import { LmdbStorage } from '../lmdb-storage.ts';
import { OverlaidSnapshot } from '../overlaid-snapshot.ts';
import { overlayKeys } from '../overlay-keys.ts';
import type { Claims, Identity, InstallExtras, KeyVersions, Snapshot, Storage } from '../storage.ts';
import { type LogLimit, takeWithin } from '../take-within.ts';
import { Journal } from './journal.ts';
import { JournalWriter, MAX_RECORD_BYTES } from './journal-writer.ts';
import { PendingWrites } from './pending-writes.ts';
import { recoverJournal } from './recover-journal.ts';

/** The bytes of a record in the database besides its JSON. */
const RECORD_OVERHEAD_BYTES = 5;

/**
 * Stores everything in LMDB, and small commits in a journal first. A record of the journal needs one flush of a few
 * sectors; LMDB gets the writes later, many in one transaction. Reads see them at once.
 */
export class JournaledStorage implements Storage {
  readonly #lmdb: LmdbStorage;
  readonly #pending: PendingWrites;
  readonly #writer: JournalWriter;
  #clock: VectorClock;

  private constructor(directory: string, lmdb: LmdbStorage, journal: Journal | undefined) {
    this.#lmdb = lmdb;
    this.#clock = lmdb.clock;
    this.#pending = new PendingWrites();
    this.#writer = new JournalWriter(directory, lmdb, this.#pending, journal);
  }

  /** Opens a data directory as `LmdbStorage.open` does. Also throws DamagedDataError if the journal is damaged. */
  static async open(directory: string, owner: string, run = runOnce): Promise<JournaledStorage> {
    let recovered: Awaited<ReturnType<typeof recoverJournal>>;
    let id = '';
    const lmdb = await LmdbStorage.open(directory, owner, run, async (journal, clock) => {
      if (journal === undefined) return;
      id = journal.id;
      recovered = await recoverJournal(directory, journal, clock);
      // Without its journal the data may lack what was acknowledged, as an earlier copy does.
      if (recovered === undefined) await removePlaces(directory);
    });
    const journal = recovered && Journal.found(directory, id, recovered.segments);
    const storage = new JournaledStorage(directory, lmdb, journal);
    for (const { sequence, writes } of recovered?.records ?? []) storage.#add(sequence, writes);
    return storage;
  }

  get check(): FileCheck | undefined {
    return this.#lmdb.check;
  }

  get inPlace(): boolean {
    return this.#lmdb.inPlace;
  }

  get identity(): Identity | undefined {
    return this.#lmdb.identity;
  }

  adopt(identity: Identity): Promise<void> {
    return this.#lmdb.adopt(identity);
  }

  get claims(): Claims {
    return this.#lmdb.claims;
  }

  recordClaims(claims: Claims): Promise<void> {
    return this.#lmdb.recordClaims(claims);
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#lmdb.pruned;
  }

  get awaited(): VectorClock {
    return this.#lmdb.awaited;
  }

  get retired(): Retirements {
    return this.#lmdb.retired;
  }

  async addRetired(retirements: readonly Retirement[]): Promise<void> {
    await this.#writer.drain();
    await this.#lmdb.addRetired(retirements);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    // The clocks of later writes may omit what a retirement retires: the database knows how.
    const journaled = writes.every((write) => retirementIn(write) === undefined);
    const json = journaled ? jsonWithin(MAX_RECORD_BYTES, writes) : undefined;
    await this.#writer.commit(json, writes, (sequence) => this.#add(sequence, writes));
    if (this.#pending.count === 0) this.#clock = this.#lmdb.clock;
  }

  versions(key: string): readonly Version[] {
    return this.#pending.versions(key) ?? this.#lmdb.versions(key);
  }

  scan(): Iterable<KeyVersions> {
    return overlayKeys(this.#lmdb.scan(), this.#pending.keys());
  }

  openSnapshot(): Snapshot {
    const stored = this.#lmdb.openSnapshot();
    // The database may have made a commit that is not reported yet: then nothing is pending, and it has the clock.
    const clock = this.#pending.count === 0 ? stored.clock : this.#clock;
    return new OverlaidSnapshot(stored, clock, this.#pending.keys());
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    const pending = this.#pending.log(origin);
    const first = pending[0] === undefined ? undefined : dotOf(pending[0]).counter;
    if (first === undefined) return this.#lmdb.log(origin, after, limit);
    if (after + 1 >= first)
      return takeWithin(limit, pending.slice(after + 1 - first, after + 1 - first + limit.writes));
    const stored = this.#lmdb.log(origin, after, limit).filter((write) => dotOf(write).counter < first);
    const last = stored.at(-1);
    const before = last === undefined ? Math.max(after, counterOf(this.pruned, origin)) : dotOf(last).counter;
    const isAll = before + 1 === first;
    return isAll ? takeWithin(limit, [...stored, ...pending]) : stored;
  }

  get logBytes(): number {
    return this.#lmdb.logBytes + this.#pending.bytes + RECORD_OVERHEAD_BYTES * this.#pending.count;
  }

  *logSizes(origin: NodeId, after: number): Iterable<number> {
    const stored = counterOf(this.#lmdb.clock, origin);
    const pending = this.#pending
      .log(origin)
      .filter((write) => dotOf(write).counter > Math.max(after, stored));
    yield* this.#lmdb.logSizes(origin, after);
    for (const write of pending) yield RECORD_OVERHEAD_BYTES + Buffer.byteLength(jsonOf(write));
  }

  async prune(upTo: VectorClock): Promise<void> {
    // Most often only older writes than the pending ones are pruned.
    if (!descends(this.#lmdb.clock, upTo)) await this.#writer.drain();
    await this.#lmdb.prune(upTo);
  }

  get tombstones(): number {
    let count = this.#lmdb.tombstones;
    for (const [key, versions] of this.#pending.keys())
      count += Number(isTombstone(versions)) - Number(isTombstone(this.#lmdb.versions(key)));
    return count;
  }

  async dropTombstones(stable: VectorClock): Promise<void> {
    await this.#writer.drain();
    await this.#lmdb.dropTombstones(stable);
  }

  beginInstall(): Promise<void> {
    return this.#lmdb.beginInstall();
  }

  stage(keys: readonly KeyVersions[]): Promise<void> {
    return this.#lmdb.stage(keys);
  }

  staged(key: string): readonly Version[] {
    return this.#lmdb.staged(key);
  }

  async installStaged(clock: VectorClock, awaited?: VectorClock, extras?: InstallExtras): Promise<void> {
    await this.#writer.drain();
    await this.#lmdb.installStaged(clock, awaited, extras);
    this.#clock = this.#lmdb.clock;
  }

  /** Creates the journal now instead of after the first commit. */
  createJournal(): Promise<void> {
    return this.#writer.createJournal();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #add(sequence: number, writes: readonly Write[]): void {
    this.#pending.add(sequence, writes, this.retired, (key) => this.#lmdb.versions(key));
    const clock: Record<NodeId, number> = { ...this.#clock };
    for (const { node, counter } of writes.map(dotOf)) clock[node] = counter;
    this.#clock = clock;
  }
}
