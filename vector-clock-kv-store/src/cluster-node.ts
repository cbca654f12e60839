import { CausalStore } from './causal-store.ts';
import type { NodeId } from './causality/node-id.ts';
import type { Peer } from './causality/peer.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from './causality/vector-clock.ts';
import { dotOf } from './causality/write.ts';
import { askForAllOf, catchUp, type PeerLink } from './membership/catch-up.ts';
import { type EntryOptions, enterCluster } from './membership/enter-cluster.ts';
import { MemberDirectory } from './membership/member-directory.ts';
import { NodeLifecycle, type NodeStatus } from './membership/node-lifecycle.ts';
import { LogCompactor } from './replication/log-compactor.ts';
import { Replicator } from './replication/replicator.ts';
import type { SnapshotPage, Transport } from './replication/transport.ts';
import type { CommitListener } from './storage/group-commit.ts';
import { MEMBERS_KEY } from './storage/reserved-keys.ts';
import type { StoreObserver } from './store-observer.ts';
import type { WatchedHistory } from './watch-feed.ts';

export type ClusterNodeOptions = EntryOptions & {
  /** The configured peers. */
  peers: readonly PeerLink[];
  /** Makes the way to a peer that joins. */
  transportTo: (peer: Peer) => Transport;
  bufferCapacity: number;
  /** How many writes of each node stay in the log though every member has them. */
  logRetention: number;
  onCommitted: CommitListener;
  /** Storing failed: the process must end. */
  onFailure: (error: unknown) => void;
  /** The time of day in milliseconds since 1970. */
  wallClock: () => number;
  /** Are told what the causal core decides. */
  observers: readonly StoreObserver[];
};

/** A part of a snapshot of this size takes a few milliseconds to read, while nothing else is answered. */
const SNAPSHOT_PAGE_BYTES = 1024 * 1024;

/** One member of the cluster: it finds out under which name it writes, catches up, and then serves. */
export class ClusterNode {
  readonly name: string;
  readonly #options: ClusterNodeOptions;
  readonly #directory: MemberDirectory;
  readonly #listeners = new Set<() => void>();
  readonly #lifecycle = new NodeLifecycle();
  #store: CausalStore | undefined;
  #replicator: Replicator | undefined;
  #compactor: LogCompactor | undefined;
  #stopped = false;

  constructor(options: ClusterNodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.#directory = new MemberDirectory(options.name, options.peers, options.storage, options.transportTo);
  }

  get status(): NodeStatus {
    return this.#lifecycle.status;
  }

  /** Its name in clocks; the configured one until that is decided. */
  get id(): NodeId {
    return this.#store?.id ?? this.name;
  }

  /** All that is stored and visible here. */
  get clock(): VectorClock {
    return this.#options.storage.clock;
  }

  /** Calls the listener whenever something has become visible here; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What has become visible here, as far back as the log reaches. */
  get history(): WatchedHistory {
    return this.#options.storage;
  }

  /** The writes that this node's log has no more. */
  get pruned(): VectorClock {
    return this.#options.storage.pruned;
  }

  /** A part of all that this node has, for a peer that is to be filled from it. */
  snapshot(mark: string | undefined): SnapshotPage {
    const { storage } = this.#options;
    // The clock first: the entries may only be newer than it says.
    const { clock } = storage;
    return { clock, ...storage.page(mark, SNAPSHOT_PAGE_BYTES) };
  }

  /** The store; undefined while starting. */
  get store(): CausalStore | undefined {
    return this.#store;
  }

  /** The links to the peers; undefined while starting. */
  get replicator(): Replicator | undefined {
    return this.#replicator;
  }

  /** Who is in the cluster. */
  get directory(): MemberDirectory {
    return this.#directory;
  }

  /** How many nodes the cluster has, this one counted. */
  get size(): number {
    return 1 + this.#directory.peers.length;
  }

  /** How many nodes have this node's write of that number stored, as soon as `nodes` have or after `limitMs`. */
  async storedOn(counter: number, nodes: number, limitMs: number): Promise<number> {
    return nodes <= 1 ? 1 : ((await this.#replicator?.storedOn(counter, nodes, limitMs)) ?? 1);
  }

  /** The highest write of each node that has arrived here, be it only in the buffer or on its way to storage. */
  heardOf(): VectorClock {
    const highest: Record<NodeId, number> = { ...merge(this.clock, this.#store?.delivered ?? zeroClock) };
    for (const { node, counter } of (this.#store?.buffered() ?? []).map(dotOf)) {
      if (counter > counterOf(highest, node)) highest[node] = counter;
    }
    return highest;
  }

  /** Takes part in the cluster. Resolves when it serves. To be called once it can be asked for heartbeats. */
  async start(): Promise<void> {
    const { storage, logger, scheduler, random, bufferCapacity, logRetention, onCommitted, onFailure } =
      this.#options;
    this.#refreshMembers();
    const stopped = () => this.#stopped;
    const { id, caughtUp, answers } = await enterCluster(this.#options, this.#directory, stopped);
    if (this.#stopped) return;
    this.#store = new CausalStore({
      id,
      storage,
      scheduler,
      bufferCapacity,
      onFailure,
      wallClock: this.#options.wallClock,
      observers: this.#options.observers,
      onCommitted: (writes, tookMs) => {
        if (writes.some(({ key }) => key === MEMBERS_KEY)) this.#refreshMembers();
        this.#replicator?.notify();
        for (const listener of this.#listeners) listener();
        onCommitted(writes, tookMs);
      },
    });
    this.#replicator = new Replicator({
      self: id,
      storage,
      scheduler,
      random,
      peers: this.#directory.links(),
      onReachable: (peer, reachable, reason) => {
        if (reachable) logger.info({ peer }, 'peer is reachable again');
        else logger.warn({ peer, reason }, 'peer is not reachable; what it misses is kept for it');
      },
      onHeartbeat: (peer, { clock, removed = [], pruned }) => {
        this.#directory.learn(clock);
        this.#noteStanding(peer, removed.includes(this.name));
        if (this.status === 'ok' && !descends(this.clock, pruned)) void this.#refill().catch(onFailure);
      },
    });
    this.#lifecycle.catchingUp();
    this.#replicator.start();
    if (!caughtUp) {
      await catchUp(this.#store, answers, logger, stopped);
      if (this.#stopped) return;
      await storage.adopt({ id, caughtUp: true });
      // A snapshot brings the records without the write that made them.
      this.#refreshMembers();
    }
    this.#lifecycle.serving();
    this.#compactor = new LogCompactor({
      storage,
      scheduler,
      logger,
      logRetention,
      replicator: this.#replicator,
    });
  }

  /** Ends what is under way and closes the storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#compactor?.stop();
    await this.#replicator?.stop();
    if (this.#store === undefined) await this.#options.storage.close();
    else await this.#store.close();
  }

  /** Lets a node into the cluster, or records that it has moved. Resolves once that is stored here. */
  async admit(member: Peer): Promise<void> {
    const records = this.#directory.recordsWith(member);
    if (records !== undefined) await this.#store?.put(MEMBERS_KEY, records);
  }

  /** Takes a node out of the cluster: it is sent nothing more, and nothing waits for it. */
  async expel(member: Peer): Promise<void> {
    await this.#store?.put(MEMBERS_KEY, this.#directory.recordsWithout(member));
  }

  #noteStanding(peer: string, removed: boolean): void {
    if (this.#lifecycle.reportRemoval(peer, removed, this.#directory.peers)) {
      this.#options.logger.error({ peer }, 'this node was removed from the cluster and serves no more');
    }
  }

  /**
   * The others have gone on without this node, and their logs no longer reach back to where it stands: it
   * is filled anew, but only once somebody has all that it has itself.
   */
  async #refill(): Promise<void> {
    const { storage, scheduler, logger } = this.#options;
    const store = this.#store;
    if (store === undefined) return;
    const stopped = () => this.#stopped;
    this.#lifecycle.catchingUp();
    logger.warn({ clock: this.clock }, 'too far behind for the logs of the others; filling from a snapshot');
    await store.pause();
    await storage.adopt({ id: store.id, caughtUp: false });
    await catchUp(
      store,
      await askForAllOf(store, () => this.#directory.links(), scheduler, stopped),
      logger,
      stopped,
    );
    if (this.#stopped) return;
    await storage.adopt({ id: store.id, caughtUp: true });
    this.#refreshMembers();
    this.#lifecycle.serving();
  }

  #refreshMembers(): void {
    this.#directory.refresh();
    this.#replicator?.connect(this.#directory.links());
  }
}
