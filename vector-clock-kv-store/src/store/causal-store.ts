import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { Budget } from '../budget.ts';
import type { BufferCapacity } from '../causality/causal-buffer.ts';
import { memoryBytes } from '../causality/memory-size.ts';
import type { NodeId } from '../causality/node-id.ts';
import { type ReceiptStatus, Replica } from '../causality/replica.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';
import { dotOf, type Value, type Write } from '../causality/write.ts';
import { ConditionWaiters } from '../condition-waiters.ts';
import { WAITING_SESSIONS } from '../limits.ts';
import { IdRoom, isNewcomer, type LiveIds } from '../retirement/id-room.ts';
import { DiskFullError, type DiskState } from '../storage/full-disk.ts';
import { type CommitListener, GroupCommit } from '../storage/group-commit.ts';
import type { InstallExtras, Snapshot, SnapshotPage, Storage } from '../storage/storage.ts';
import { stageReplacement } from './stage-replacement.ts';
import { type StagedSnapshot, stageSnapshot } from './stage-snapshot.ts';
import type { StoreObserver } from './store-observer.ts';

/** Decides what to change besides the data when a snapshot replaces it. */
type ReplacementExtras = (clock: VectorClock, retired: Retirements) => Omit<InstallExtras, 'retired'>;

/** `no-room`: the clock has no room for another node id; the sender must send the write again. */
export type ReceivedStatus = ReceiptStatus | 'no-room';

export type CausalStoreOptions = {
  /** The id that this node counts its writes under. */
  id: NodeId;
  /** Recorded on writes, so that other nodes can tell apart two processes that use one id. */
  life?: string;
  storage: Storage;
  /** The disk of the storage; undefined if it has none that could be full. */
  disk?: DiskState | undefined;
  scheduler: Scheduler;
  /** The most writes that may wait for a dependency, and their most bytes of memory. */
  bufferCapacity: BufferCapacity;
  /** Called after every commit with the writes that became visible, in causal order. */
  onCommitted: CommitListener;
  /** Called once, when a storage write fails. The store is unusable from then on. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since 1970. Recorded on writes, so that other nodes can measure their age. */
  wallClock: () => number;
  observers: readonly StoreObserver[];
  /** Returns the ids in the clocks that members have reported; see `IdRoom`. */
  reportedIds?: () => ReadonlySet<NodeId>;
};

/** A client's causal context, and how long a node that is behind it may take to catch up, in milliseconds. */
export type Session = { context: VectorClock; waitMs: number };

/** This node did not catch up with the client's context in time. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
  readonly context: VectorClock;
  readonly clock: VectorClock;
  readonly retired: Retirements;

  constructor(context: VectorClock, { clock, retired }: Pick<CausalStore, 'clock' | 'retired'>) {
    super('This node is behind what the client has seen; retry or ask another node');
    this.context = context;
    this.clock = clock;
    this.retired = retired;
  }
}

/** The store cannot accept writes now; send them again. */
export class InstallingError extends Error {
  override readonly name = 'InstallingError';
}

/** Reads the page of a snapshot at a cursor. */
type ReadPage = (cursor: string | undefined) => Promise<SnapshotPage>;

const noSession: Session = { context: zeroClock, waitMs: 0 };

/** One node's store: the causal core with its storage. Reads and writes honour the client's session. */
export class CausalStore {
  readonly id: NodeId;
  readonly #life: string | undefined;
  readonly #storage: Storage;
  readonly #disk: DiskState | undefined;
  readonly #bufferCapacity: BufferCapacity;
  #replica: Replica;
  readonly #commits: GroupCommit;
  readonly #waiters: ConditionWaiters;
  readonly #waiting = new Budget('waiting_sessions', WAITING_SESSIONS);
  readonly #onFailure: (error: unknown) => void;
  readonly #wallClock: () => number;
  readonly #observers: readonly StoreObserver[];
  readonly #reportedIds: () => ReadonlySet<NodeId>;
  #failed = false;
  /** While paused, the store accepts no writes, neither from clients nor from peers. */
  #paused = false;
  /** Once retired, it never does: the node goes on under another id, with another store. */
  #retired = false;

  constructor(options: CausalStoreOptions) {
    const { id, storage, disk, scheduler, bufferCapacity, onCommitted, onFailure, wallClock, observers } =
      options;
    this.id = id;
    this.#life = options.life;
    this.#storage = storage;
    this.#disk = disk;
    this.#bufferCapacity = bufferCapacity;
    this.#replica = new Replica(id, storage.clock, bufferCapacity, () => storage.retired);
    this.#waiters = new ConditionWaiters(scheduler);
    this.#onFailure = onFailure;
    this.#wallClock = wallClock;
    this.#observers = observers;
    this.#reportedIds = options.reportedIds ?? (() => new Set());
    this.#commits = new GroupCommit(
      storage,
      (writes, tookMs) => {
        this.#waiters.recheck();
        onCommitted(writes, tookMs);
      },
      () => scheduler.now(),
    );
    disk?.subscribe((full) => {
      if (full !== undefined) this.#commits.rejectWaiting(full);
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
    return counterOf(this.#replica.clock, this.id);
  }

  /** The writes that wait for a dependency. */
  buffered(): Write[] {
    return this.#replica.buffered();
  }

  /** The number of writes that wait for a dependency. */
  get bufferDepth(): number {
    return this.#replica.bufferDepth;
  }

  /** The memory that those writes take, in bytes. */
  get bufferBytes(): number {
    return this.#replica.bufferBytes;
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
  async put(key: string, value: Value | null, session: Session = noSession): Promise<VectorClock> {
    await this.catchUpWith(session, memoryBytes(key) + memoryBytes(value));
    if (this.#paused || this.#retired)
      throw new InstallingError('This node is installing a snapshot; send the write again');
    this.#refuseOnFullDisk();
    const life = this.#life === undefined ? {} : { life: this.#life };
    const write = { ...this.#replica.write(key, value), at: this.#wallClock(), ...life };
    for (const observer of this.#observers) observer.onWrite(write);
    await this.#commit([write]);
    return write.vc;
  }

  /**
   * Reads a key.
   *
   * @returns the key's versions, the winner first, and the clock of everything the client has now seen
   * @throws BehindError if this node does not catch up with the session in time
   */
  async get(
    key: string,
    session: Session = noSession,
  ): Promise<{ versions: readonly Version[]; vc: VectorClock }> {
    await this.catchUpWith(session);
    const versions = this.#storage.versions(key);
    // During a commit, versions may become visible shortly before the clock that counts them.
    const clock = versions.reduce((all, { vc }) => merge(all, vc), this.clock);
    return { versions, vc: this.retired.compact(clock, this.id) };
  }

  /**
   * Receives writes of other nodes. Resolves once those that could be delivered are stored.
   *
   * @returns the status of each write, in the order received
   * @throws InstallingError while the store is paused
   * @throws DiskFullError while the disk is full
   */
  async receive(writes: readonly Write[]): Promise<ReceivedStatus[]> {
    if (this.#paused || this.#retired)
      throw new InstallingError('This node is installing a snapshot; send the writes again');
    this.#refuseOnFullDisk();
    const delivered: Write[] = [];
    let room: IdRoom | undefined;
    const statuses = writes.map((write): ReceivedStatus => {
      if (isNewcomer(this.retired, this.delivered, dotOf(write))) {
        room ??= new IdRoom(this.liveIds());
        if (!room.admit(write.sender)) return 'no-room';
      }
      const receipt = this.#replica.receive(write);
      for (const observer of this.#observers) observer.onReceipt(write, receipt, this.#replica.clock);
      if (receipt.status === 'applied') delivered.push(...receipt.delivered);
      return receipt.status;
    });
    // Even without delivered writes: a duplicate must not be acknowledged before its original is stored.
    await this.#commit(delivered);
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

  /**
   * @param bytes what the caller holds in memory meanwhile
   * @throws BehindError if this node does not catch up with the session in time
   * @throws InstallingError if it has, but its data is not consistent yet
   * @throws OverBudgetError if this node is behind, and too many wait already
   */
  async catchUpWith({ context, waitMs }: Session, bytes = 0): Promise<void> {
    // Read again each time: a snapshot may be installed meanwhile.
    const caughtUp = () => descends(this.#storage.clock, merge(context, this.#storage.awaited));
    if (caughtUp()) return;
    const release = this.#waiting.take(bytes + memoryBytes(context));
    try {
      if (await this.#waiters.wait(caughtUp, waitMs)) return;
    } finally {
      release();
    }
    // Then no write of the context is missing, so a list of the missing ones would be empty.
    if (descends(this.#storage.clock, context))
      throw new InstallingError('This node is catching up with its peers; retry or ask another node');
    throw new BehindError(context, this);
  }

  /** Resolves to true as soon as this node has stored every write in `clock`, or to false after `limitMs`. */
  waitFor(clock: VectorClock, limitMs: number): Promise<boolean> {
    return this.#waiters.wait(() => descends(this.#storage.clock, clock), limitMs);
  }

  /** Stops accepting writes until `install` or `resume`. Resolves once all accepted writes are stored. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#commits.settled();
  }

  /** Accepts no write any more. Resolves once all accepted writes are stored. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#commits.settled();
  }

  /** Accepts writes again after `pause`. */
  resume(): void {
    this.#paused = false;
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
      this.#replica = new Replica(
        this.id,
        this.#storage.clock,
        this.#bufferCapacity,
        () => this.#storage.retired,
      );
    } finally {
      this.#paused = false;
    }
    for (const observer of this.#observers) observer.onInstall();
    this.#waiters.recheck();
  }

  /** Stores all accepted writes, then closes the storage. */
  async close(): Promise<void> {
    await this.#commits.settled();
    await this.#storage.close();
  }

  /** Refuses before anything is counted: what waits for room already is all that memory must hold. */
  #refuseOnFullDisk(): void {
    if (this.#disk?.full !== undefined) throw this.#disk.full;
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    try {
      await this.#commits.add(writes);
    } catch (error) {
      if (error instanceof DiskFullError) throw error;
      if (!this.#failed) this.#onFailure(error);
      this.#failed = true;
      throw error;
    }
  }
}
