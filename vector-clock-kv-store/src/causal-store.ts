import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { NodeId } from './causality/node-id.ts';
import { Replica } from './causality/replica.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from './causality/vector-clock.ts';
import type { Version } from './causality/versions.ts';
import type { Value, Write } from './causality/write.ts';
import { ContextWaiters } from './context-waiters.ts';
import type { SnapshotPage } from './replication/transport.ts';
import { type CommitListener, GroupCommit } from './storage/group-commit.ts';
import { MEMBERS_KEY } from './storage/reserved-keys.ts';
import type { Storage } from './storage/storage.ts';
import type { StoreObserver } from './store-observer.ts';

export type CausalStoreOptions = {
  /** The name this node's writes are counted under. */
  id: NodeId;
  storage: Storage;
  scheduler: Scheduler;
  /** How many writes may wait for their dependencies. */
  bufferCapacity: number;
  /** Called after every commit with what has become visible, in causal order. */
  onCommitted: CommitListener;
  /** Called once when storing failed: the node can do no more. */
  onFailure: (error: unknown) => void;
  /** The time of day in milliseconds since 1970, noted on writes so that others can tell how old they are. */
  wallClock: () => number;
  observers: readonly StoreObserver[];
};

/** What the client has seen, and how many milliseconds a node that is behind may take to catch up with it. */
export type Session = { context: VectorClock; waitMs: number };

/** What became of each message of a batch, in its order. */
export type ReceivedStatus = 'applied' | 'buffered' | 'duplicate' | 'refused';

/** This node has not seen all that the client has, and did not in the time allowed. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
  readonly context: VectorClock;
  readonly clock: VectorClock;

  constructor(context: VectorClock, clock: VectorClock) {
    super('This node has not yet seen all that the client has');
    this.context = context;
    this.clock = clock;
  }
}

/** The store is being filled from a peer's snapshot: writes of peers have to come again later. */
export class InstallingError extends Error {
  override readonly name = 'InstallingError';
}

const noSession: Session = { context: zeroClock, waitMs: 0 };

/** One node's store: the causal core and its storage, with reads and writes that keep a client's session. */
export class CausalStore {
  readonly id: NodeId;
  readonly #storage: Storage;
  readonly #bufferCapacity: number;
  #replica: Replica;
  readonly #commits: GroupCommit;
  readonly #waiters: ContextWaiters;
  readonly #onFailure: (error: unknown) => void;
  readonly #wallClock: () => number;
  readonly #observers: readonly StoreObserver[];
  #failed = false;
  /** Nothing is taken in from clients or peers. */
  #paused = false;

  constructor(options: CausalStoreOptions) {
    const { id, storage, scheduler, bufferCapacity, onCommitted, onFailure, wallClock, observers } = options;
    this.id = id;
    this.#storage = storage;
    this.#bufferCapacity = bufferCapacity;
    this.#replica = new Replica(id, storage.clock, bufferCapacity);
    this.#waiters = new ContextWaiters(scheduler);
    this.#onFailure = onFailure;
    this.#wallClock = wallClock;
    this.#observers = observers;
    this.#commits = new GroupCommit(
      storage,
      (writes, tookMs) => {
        this.#waiters.advanced(storage.clock);
        onCommitted(writes, tookMs);
      },
      () => scheduler.now(),
    );
  }

  /** All that is stored and visible here. */
  get clock(): VectorClock {
    return this.#storage.clock;
  }

  /** All that was made or delivered here, what is still on its way to storage included. */
  get delivered(): VectorClock {
    return this.#replica.clock;
  }

  /** How many writes this node has made, those still on their way to storage included. */
  get made(): number {
    return counterOf(this.#replica.clock, this.id);
  }

  /** The writes that wait for a dependency. */
  buffered(): Write[] {
    return this.#replica.buffered();
  }

  get bufferDepth(): number {
    return this.#replica.bufferDepth;
  }

  /** Every key that has a value, with the one that wins. */
  *values(): Iterable<readonly [key: string, value: Value]> {
    for (const [key, [winner]] of this.#storage.entries()) {
      if (winner !== undefined && winner.value !== null && key !== MEMBERS_KEY) yield [key, winner.value];
    }
  }

  /**
   * Writes a value, or deletes the key with null. When it resolves the write is stored, visible here, and on
   * its way to the peers.
   *
   * @returns the clock of the write
   * @throws BehindError when the client has seen more than this node does within the session's limit
   */
  async put(key: string, value: Value | null, session: Session = noSession): Promise<VectorClock> {
    await this.#reach(session);
    if (this.#paused) throw new BehindError(session.context, this.#storage.clock);
    const write = { ...this.#replica.write(key, value), at: this.#wallClock() };
    for (const observer of this.#observers) observer.onWrite(write);
    await this.#commit([write]);
    return write.vc;
  }

  /**
   * Reads a key.
   *
   * @returns its versions, the winner first, and all that this node has seen
   * @throws BehindError as `put`
   */
  async get(
    key: string,
    session: Session = noSession,
  ): Promise<{ versions: readonly Version[]; vc: VectorClock }> {
    await this.#reach(session);
    const versions = this.#storage.versions(key);
    // A commit may show in the versions a moment before it does in the clock; the session has seen it.
    return { versions, vc: versions.reduce((clock, { vc }) => merge(clock, vc), this.#storage.clock) };
  }

  /** Takes in writes of other nodes; resolves once those that could be delivered are stored. */
  async receive(writes: readonly Write[]): Promise<ReceivedStatus[]> {
    if (this.#paused) throw new InstallingError('A snapshot is being installed');
    const delivered: Write[] = [];
    const statuses = writes.map((write) => {
      const receipt = this.#replica.receive(write);
      for (const observer of this.#observers) observer.onReceipt(write, receipt, this.#replica.clock);
      if (receipt.status === 'applied') delivered.push(...receipt.delivered);
      return receipt.status;
    });
    // A duplicate may still be on its way to storage: its answer, too, must wait until it is there.
    await this.#commit(delivered);
    return statuses;
  }

  /** Resolves to true once this node has seen all that `target` has, to false after `limitMs`. */
  async caughtUp(target: VectorClock, limitMs: number): Promise<boolean> {
    return descends(this.#storage.clock, target) || (await this.#waiters.wait(target, limitMs));
  }

  /** Takes in nothing more until `install` is over or `resume` is called. Resolves once what was taken in is stored. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#commits.settled();
  }

  /** Takes in writes again after `pause`. */
  resume(): void {
    this.#paused = false;
  }

  /**
   * Replaces all that is here by what a peer has, all or none. Entries may be newer than the clock, because
   * the peer goes on while it is read; the writes behind them come again, and change nothing. Until they
   * have, nobody may be served.
   *
   * @returns what must have been delivered here before the entries are causally consistent
   * @throws InstallingError when the peer lacks writes that were made here
   */
  async install(read: (mark: string | undefined) => Promise<SnapshotPage>): Promise<VectorClock> {
    let shown = zeroClock;
    let clock: VectorClock | undefined;
    let mark: string | undefined;
    this.#paused = true;
    try {
      // Put aside until all of it is here: a peer that falls silent must not leave an empty store.
      await this.#storage.beginInstall();
      do {
        const page = await read(mark);
        await this.#storage.stage(page.entries);
        for (const [, versions] of page.entries)
          shown = versions.reduce((all, { vc }) => merge(all, vc), shown);
        clock ??= page.clock;
        mark = page.next;
      } while (mark !== undefined);
      await this.#commits.settled();
      if (counterOf(clock, this.id) < this.made) {
        throw new InstallingError('The snapshot lacks writes that were made here');
      }
      await this.#storage.installStaged(clock);
      this.#replica = new Replica(this.id, this.#storage.clock, this.#bufferCapacity);
    } finally {
      this.#paused = false;
    }
    for (const observer of this.#observers) observer.onInstall();
    this.#waiters.advanced(this.#storage.clock);
    return shown;
  }

  /** Stores what is under way and closes the storage. */
  async close(): Promise<void> {
    await this.#commits.settled();
    await this.#storage.close();
  }

  async #reach({ context, waitMs }: Session): Promise<void> {
    if (!(await this.caughtUp(context, waitMs))) throw new BehindError(context, this.#storage.clock);
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    try {
      await this.#commits.add(writes);
    } catch (error) {
      if (!this.#failed) this.#onFailure(error);
      this.#failed = true;
      throw error;
    }
  }
}
