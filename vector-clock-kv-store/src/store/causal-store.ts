import type { BufferCapacity } from '../causality/causal-buffer.ts';
import { memoryBytes } from '../causality/memory-size.ts';
import type { NodeId } from '../causality/node-id.ts';
import { Replica } from '../causality/replica.ts';
import type { Retirements } from '../causality/retirements.ts';
import { type Dot, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { KeyValue, Value, Write } from '../causality/write.ts';
import type { LiveIds } from '../retirement/id-room.ts';
import type { Snapshot, Storage } from '../storage/storage.ts';
import { noteShortJsonOfAll } from '../storage/write-list.ts';
import type { CausalStoreOptions } from './causal-store-options.ts';
import { noteJsonOfAll, type ReceivedStatus, receiveWrites, type WriteTexts } from './receive-writes.ts';
import { noSession, type Session, SessionGate } from './session-gate.ts';
import { type ReplacementExtras, stageReplacement } from './stage-replacement.ts';
import { type ReadPage, type StagedSnapshot, stageSnapshot } from './stage-snapshot.ts';
import { StoreCommits } from './store-commits.ts';
import type { StoreObserver } from './store-observer.ts';
import { InstallingError, WriteGate } from './write-gate.ts';

/** One node's store: the causal core with its storage. Reads and writes honour the client's session. */
export class CausalStore {
  readonly id: NodeId;
  /** Lets requests wait until this node has what their clients have seen. */
  readonly sessions: SessionGate;
  readonly #life: string | undefined;
  readonly #storage: Storage;
  readonly #bufferCapacity: BufferCapacity;
  #replica: Replica;
  readonly #commits: StoreCommits;
  readonly #gate: WriteGate;
  readonly #wallClock: () => number;
  readonly #observers: readonly StoreObserver[];
  #closed = false;
  readonly #reportedIds: () => ReadonlySet<NodeId>;

  constructor(options: CausalStoreOptions) {
    const { id, storage, disk, scheduler, bufferCapacity, onCommitted, onFailure } = options;
    this.id = id;
    this.#life = options.life;
    this.#storage = storage;
    this.#bufferCapacity = bufferCapacity;
    this.#replica = new Replica(id, storage.clock, bufferCapacity, () => storage.retired);
    this.sessions = new SessionGate(storage, scheduler);
    this.#gate = new WriteGate(disk);
    this.#wallClock = options.wallClock;
    this.#observers = options.observers;
    this.#reportedIds = options.reportedIds ?? (() => new Set());
    this.#commits = new StoreCommits({
      storage,
      disk,
      onCommitted: (writes, tookMs) => {
        this.sessions.recheck();
        onCommitted(writes, tookMs);
      },
      onFailure,
      now: () => scheduler.now(),
    });
  }

  /** The writes that are stored and visible here, with the entries of retired ids. */
  get clock(): VectorClock {
    return this.#storage.clock;
  }

  /** The clock to reach before the data may be served; see `Storage.awaited`. */
  get awaited(): VectorClock {
    return this.#storage.awaited;
  }

  /** The stored writes, as this node reports them: without the entries of retired ids. */
  get liveClock(): VectorClock {
    return this.retired.compact(this.clock, this.id);
  }

  /** The ids of dead incarnations whose entries clocks omit. */
  get retired(): Retirements {
    return this.#storage.retired;
  }

  /** The writes made or delivered here, including those not stored yet. */
  get delivered(): VectorClock {
    return this.#replica.clock;
  }

  /** The number of this node's last write, stored or not; 0 before the first. */
  get ownCounter(): number {
    return this.#replica.counterOf(this.id);
  }

  /** The writes that wait for a dependency. */
  buffered(): Write[] {
    return this.#replica.buffered();
  }

  /** The last waiting write of each id that has any. */
  lastBuffered(): Iterable<Dot> {
    return this.#replica.lastBuffered();
  }

  /** The number of writes that wait for a dependency. */
  get bufferDepth(): number {
    return this.#replica.bufferDepth;
  }

  /** The memory that those writes take, in bytes. */
  get bufferBytes(): number {
    return this.#replica.bufferBytes;
  }

  /** Drops the waiting writes of ids that nobody uses, because what they wait for does not exist. */
  discardBuffered(ids: ReadonlySet<NodeId>): number {
    return this.#replica.discardBuffered(ids);
  }

  /** Opens a view of the stored keys at this moment; the caller must close it. */
  openSnapshot(): Snapshot {
    return this.#storage.openSnapshot();
  }

  /**
   * Writes a value; null deletes the key. Resolves once the write is stored and visible here.
   *
   * @returns the clock of the write
   * @throws BehindError if this node does not catch up with the session in time
   * @throws DiskFullError if the disk is full; if it became full during the write, the write is stored later
   */
  put(key: string, value: Value | null, session: Session = noSession): Promise<VectorClock> {
    return this.putAll([{ key, value }], session);
  }

  /** The same for several values, in their order, each with its JSON if that is at hand. @returns the last one's clock */
  async putAll(values: readonly KeyValue[], session: Session, texts?: readonly string[]) {
    await this.sessions.catchUpWith(session, () => memoryBytes(values));
    this.#gate.check('write');
    const at = this.#wallClock();
    const writes = values.map(({ key, value }) => this.#replica.write(key, value, at, this.#life));
    if (texts !== undefined) noteShortJsonOfAll(writes, texts);
    for (const write of writes) for (const observer of this.#observers) observer.onWrite(write);
    await this.#commits.add(writes);
    return writes.at(-1)?.vc ?? zeroClock;
  }

  /**
   * Reads a key.
   *
   * @returns the key's versions, the winner first, and the clock of everything the client has now seen
   * @throws BehindError if this node does not catch up with the session in time
   */
  async get(key: string, session: Session = noSession) {
    await this.sessions.catchUpWith(session);
    if (this.#closed) throw new InstallingError('This node has stopped');
    const versions = this.#storage.versions(key);
    // During a commit, versions may become visible shortly before the clock that counts them.
    const clock = versions.reduce((all, { vc }) => merge(all, vc), this.clock);
    return { versions, vc: this.retired.compact(clock, this.id) };
  }

  /**
   * Receives writes of other nodes. Resolves once those that could be delivered are stored.
   *
   * @param texts the JSON of the writes, if it is at hand
   * @returns the status of each write, in the order received
   * @throws InstallingError while the store is paused
   * @throws DiskFullError while the disk is full
   */
  async receive(writes: readonly Write[], texts?: WriteTexts): Promise<ReceivedStatus[]> {
    this.#gate.check('writes');
    const { statuses, delivered } = receiveWrites(writes, {
      replica: this.#replica,
      retired: this.retired,
      observers: this.#observers,
      liveIds: () => this.liveIds(),
    });
    if (texts !== undefined) noteJsonOfAll(writes, texts, delivered);
    // Even without delivered writes: a duplicate must not be acknowledged before its original is stored.
    await this.#commits.add(delivered);
    return statuses;
  }

  /** The node ids that clocks show, as far as this node knows. */
  liveIds(): LiveIds {
    const delivered = Object.keys(this.retired.compact(this.delivered, this.id));
    return {
      here: new Set([...delivered, ...this.#replica.bufferedSenders()]),
      reported: this.#reportedIds(),
    };
  }

  /** Stops accepting writes until `install` or `resume`. Resolves once all accepted writes are stored. */
  async pause(): Promise<void> {
    this.#gate.pause();
    await this.#commits.settled();
  }

  /** Accepts no write any more. Resolves once all accepted writes are stored. */
  async retire(): Promise<void> {
    this.#gate.retire();
    await this.#commits.settled();
  }

  /** Accepts writes again after `pause`. */
  resume(): void {
    this.#gate.resume();
  }

  /**
   * Joins a peer's snapshot with the data here, all or nothing. The store accepts no writes meanwhile.
   *
   * Serve no client until the store has reached `awaited`.
   *
   * @param read reads the page at a cursor
   * @throws UnsuitableSnapshotError if the snapshot cannot be combined with the data here
   */
  install(read: ReadPage): Promise<void> {
    return this.#install(() => stageSnapshot(this.#storage, this.id, read));
  }

  /**
   * Replaces all data here with a peer's snapshot, and adds writes to it in the same transaction.
   *
   * @param extras called when the snapshot is staged, with its clock and its retirements
   */
  replace(read: ReadPage, extras: ReplacementExtras): Promise<void> {
    return this.#install(() => stageReplacement(this.#storage, read), extras);
  }

  async #install(stage: () => Promise<StagedSnapshot>, extras?: ReplacementExtras): Promise<void> {
    try {
      await this.pause();
      const { clock, awaited, retired = this.retired } = await stage();
      const added = extras?.(clock, retired);
      await this.#storage.installStaged(clock, awaited, added && { ...added, retired });
      this.#replica = new Replica(this.id, this.clock, this.#bufferCapacity, () => this.retired);
    } finally {
      this.#gate.resume();
    }
    for (const observer of this.#observers) observer.onInstall();
    this.sessions.recheck();
  }

  /** Stores all accepted writes, then closes the storage. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#commits.settled();
    await this.#storage.close();
  }
}
