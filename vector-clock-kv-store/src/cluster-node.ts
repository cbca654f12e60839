import type { BufferCapacity } from './causality/causal-buffer.ts';
import type { NodeId } from './causality/node-id.ts';
import type { Peer } from './causality/peer.ts';
import { RETIRED_KEY, type Retirements, retirementIn, retirementValue } from './causality/retirements.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from './causality/vector-clock.ts';
import { dotOf, type Write } from './causality/write.ts';
import { askPeers, type PeerHeartbeat } from './membership/ask-peers.ts';
import { type BootstrapOptions, bootstrap } from './membership/bootstrap.ts';
import { catchUp } from './membership/catch-up.ts';
import { GapDetector } from './membership/gap-detector.ts';
import { joinCluster } from './membership/join-cluster.ts';
import { MemberDirectory } from './membership/member-directory.ts';
import { NodeLifecycle, type NodeStatus } from './membership/node-lifecycle.ts';
import { SnapshotSessions, SnapshotsBusyError } from './membership/snapshot-sessions.ts';
import { LogCompactor, type LogRetention } from './replication/log-compactor.ts';
import { Replicator } from './replication/replicator.ts';
import type { Heartbeat, PeerEndpoint, Transport } from './replication/transport.ts';
import { reportedHeardOf, reportedPruned } from './retirement/reported-clocks.ts';
import { RETIRE_AFTER_MS, Retirer } from './retirement/retirer.ts';
import type { DiskState } from './storage/full-disk.ts';
import type { CommitListener } from './storage/group-commit.ts';
import { MEMBERS_KEY, type SnapshotPage } from './storage/storage.ts';
import { CausalStore } from './store/causal-store.ts';
import type { StoreObserver } from './store/store-observer.ts';
import type { WatchedLog } from './store/watch-feed.ts';

export type ClusterNodeOptions = BootstrapOptions & {
  /** The configured peers. */
  peers: readonly PeerEndpoint[];
  /** Creates the transport to a peer that joins. */
  transportTo: (peer: Peer) => Transport;
  /** The most writes that may wait for a dependency, and their most bytes of memory. */
  bufferCapacity: BufferCapacity;
  /** How much of the log remains although every member has it, and how much at most. */
  logRetention: LogRetention;
  /** The disk of the storage; undefined if it has none that could be full. */
  disk?: DiskState | undefined;
  /**
   * Whether a node that has not caught up may serve although no member responds: because its data is in memory only,
   * or because it founds the cluster.
   */
  servesAlone: boolean;
  /** How long an id must be unused before it is retired, in milliseconds; RETIRE_AFTER_MS by default. */
  retireAfterMs?: number;
  /** About how many bytes of JSON one page of a snapshot has. */
  snapshotPageBytes?: number | undefined;
  onCommitted: CommitListener;
  /** Called when a storage write fails: the process must exit. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  observers: readonly StoreObserver[];
};

/** 20, about 10 s: a peer that has just started adds the node once it serves; one that refuses will not. */
const JOIN_ATTEMPTS = 20;

/** One member of the cluster. It decides on its id, catches up with its peers, and then serves clients. */
export class ClusterNode {
  /** The configured name. */
  readonly name: string;
  readonly directory: MemberDirectory;
  readonly #options: ClusterNodeOptions;
  readonly #listeners = new Set<() => void>();
  readonly #lifecycle = new NodeLifecycle(() => this.#notify());
  readonly #snapshots: SnapshotSessions;
  readonly #gaps: GapDetector;
  #store: CausalStore | undefined;
  #replicator: Replicator | undefined;
  #compactor: LogCompactor | undefined;
  /** Whether it waits for a first response of any member. */
  #awaitsMember = false;
  #retirer: Retirer | undefined;
  #stopped = false;

  constructor(options: ClusterNodeOptions) {
    const { name, peers, storage, transportTo } = options;
    this.name = name;
    this.directory = new MemberDirectory(name, peers, storage, transportTo);
    this.#options = options;
    this.#snapshots = new SnapshotSessions({ ...options, pageBytes: options.snapshotPageBytes });
    this.#gaps = new GapDetector(options.scheduler);
  }

  get status(): NodeStatus {
    return this.#lifecycle.status;
  }

  /** Why the node refuses writes although it may serve reads; undefined if it does not. */
  get readOnly(): string | undefined {
    return this.#options.disk?.full?.message;
  }

  /** Why the node does not serve; undefined if it does. */
  get notServing(): string | undefined {
    if (this.status === 'ok') return undefined;
    if (!this.#awaitsMember) return this.status;
    const members = this.directory.peers.map(({ id }) => id).join(', ');
    return `${this.status}: waiting for a response of one of ${members}`;
  }

  /** The node's id in clocks; its configured name until the id is decided. */
  get id(): NodeId {
    return this.#store?.id ?? this.name;
  }

  /** The writes that are stored and visible here, with the entries of retired ids. */
  get clock(): VectorClock {
    return this.#options.storage.clock;
  }

  /** The writes that are stored and visible here, as this node reports them: without the entries of retired ids. */
  get liveClock(): VectorClock {
    return this.retired.compact(this.clock, this.id);
  }

  /** The ids of dead incarnations whose entries clocks omit. */
  get retired(): Retirements {
    return this.#options.storage.retired;
  }

  /** The log of the visible writes, as far back as it reaches. */
  get log(): WatchedLog {
    return this.#options.storage;
  }

  /** Undefined while starting. */
  get store(): CausalStore | undefined {
    return this.#store;
  }

  /** Undefined while starting. */
  get replicator(): Replicator | undefined {
    return this.#replicator;
  }

  /** Calls the listener whenever writes have become visible here or the status has changed. Returns a function that unsubscribes it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Returns the page of a snapshot of this node at a mark, for a peer that merges it.
   *
   * @throws SnapshotsBusyError if the data here is not consistent yet, or too many peers read it
   * @throws UnknownMarkError if the mark belongs to no open snapshot
   */
  snapshot(mark: string | undefined): SnapshotPage {
    const { clock, awaited } = this.#options.storage;
    if (!descends(clock, awaited))
      throw new SnapshotsBusyError('This node waits for writes itself; try again');
    return this.#snapshots.page(mark);
  }

  /** Returns the highest write of each node that has arrived here, even if it is buffered or not stored yet. */
  heardOf(): VectorClock {
    const highest: Record<NodeId, number> = { ...merge(this.clock, this.#store?.delivered ?? zeroClock) };
    for (const { node, counter } of (this.#store?.buffered() ?? []).map(dotOf)) {
      if (counter > counterOf(highest, node)) highest[node] = counter;
    }
    return highest;
  }

  /** Returns what this node reports to its peers. */
  heartbeat(): Heartbeat {
    const { id, status, retired, clock, liveClock } = this;
    const stable = this.#replicator?.stableClock() ?? zeroClock;
    return {
      id,
      status,
      retired: retired.size,
      clock: liveClock,
      heardOf: reportedHeardOf(retired, clock, this.heardOf()),
      pruned: reportedPruned(retired, this.#options.storage.pruned, stable),
      peers: this.directory.peers,
      removed: this.directory.removed,
    };
  }

  /** Joins the cluster. Resolves once the node serves. Call it when peers can already request heartbeats. */
  async start(): Promise<void> {
    const { storage, logger, scheduler, random, logRetention } = this.#options;
    this.#refreshMembers();
    const { id, caughtUp, peers } = await bootstrap(this.#options, this.directory, this.#isStopped);
    if (this.#stopped) return;
    if (id !== this.name)
      logger.info({ id }, 'writing as a new incarnation, because data may have been lost');
    const store = new CausalStore({
      ...this.#options,
      id,
      onCommitted: (writes, tookMs) => this.#onCommitted(writes, tookMs),
      reportedIds: () => this.#replicator?.reportedIds() ?? new Set(),
    });
    const replicator = new Replicator({
      self: id,
      storage,
      scheduler,
      random,
      peers: this.directory.endpoints(),
      onReachabilityChange: (peer, reachable, reason) => {
        if (reachable) logger.info({ peer }, 'peer is reachable again');
        else logger.warn({ peer, reason }, 'peer is unreachable; keeping its writes in the log');
      },
      onHeartbeat: (peer, heartbeat, tookMs) => {
        for (const observer of this.#options.observers) observer.onHeartbeat?.(peer, heartbeat.clock, tookMs);
        this.#onHeartbeat(peer, heartbeat);
      },
    });
    this.#store = store;
    this.#replicator = replicator;
    this.#lifecycle.catchingUp();
    replicator.start();
    if (!caughtUp) await this.#catchUp(store, peers, this.#options.servesAlone);
    if (this.#stopped) return;
    this.#lifecycle.serving();
    const mayReturn = () => this.directory.removed.length > 0;
    this.#compactor = new LogCompactor({
      storage,
      scheduler,
      logger,
      logRetention,
      mayReturn,
      replicator,
    });
    this.#retirer = new Retirer({
      view: () => ({
        self: { name: this.name, id, status: this.status, clock: this.clock, heardOf: this.heardOf() },
        others: this.directory.peers.map((peer) => peer.id),
        retired: this.retired,
      }),
      retire: (ids) => store.put(RETIRED_KEY, retirementValue(ids)),
      scheduler,
      delayMs: this.#options.retireAfterMs ?? RETIRE_AFTER_MS,
      logger,
    });
  }

  /** Completes the commits in progress and closes the storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#snapshots.close();
    await this.#retirer?.stop();
    await this.#compactor?.stop();
    await this.#replicator?.stop();
    if (this.#store === undefined) await this.#options.storage.close();
    else await this.#store.close();
  }

  /** Adds a member to the cluster, or changes its URL. Resolves once that is stored here. */
  async admit(member: Peer): Promise<void> {
    const records = this.directory.recordsWith(member);
    if (records !== undefined) await this.#store?.put(MEMBERS_KEY, records);
  }

  /** Removes a member from the cluster: nodes no longer send to it or wait for it. */
  async expel(member: Peer): Promise<void> {
    await this.#store?.put(MEMBERS_KEY, this.directory.recordsWithout(member));
  }

  readonly #isStopped = () => this.#stopped;

  #onCommitted(writes: readonly Write[], tookMs: number): void {
    if (writes.some(({ key }) => key === MEMBERS_KEY)) this.#refreshMembers();
    for (const write of writes) {
      const finals = retirementIn(write)?.finals;
      if (finals !== undefined)
        this.#options.logger.info(
          { finals, by: write.sender },
          'retired the clock entries of dead incarnations',
        );
    }
    this.#replicator?.notify();
    this.#compactor?.onCommitted();
    this.#notify();
    this.#options.onCommitted(writes, tookMs);
  }

  #onHeartbeat(peer: string, heartbeat: Heartbeat): void {
    this.#retirer?.observe(peer, heartbeat);
    const { logger, onFailure } = this.#options;
    const { removed = [] } = heartbeat;
    this.directory.learnNames(heartbeat.clock);
    if (this.#lifecycle.reportRemoval(peer, removed.includes(this.name), this.directory.peers)) {
      logger.error(
        { peer },
        'removed from the cluster; no longer serving. To add it, POST /members at a peer',
      );
    }
    const needsRefill = this.#gaps.record(peer, heartbeat, this.clock, this.directory.peers);
    if (needsRefill && this.status === 'ok') void this.#refill().catch(onFailure);
  }

  /** Merges the peers' data with the data here, because their logs no longer have what is missing here. */
  async #refill(): Promise<void> {
    const { logger } = this.#options;
    const store = this.#store;
    if (store === undefined) return;
    this.#lifecycle.catchingUp();
    logger.warn({ clock: this.clock }, 'the peers have pruned writes missing here; merging a snapshot');
    // The data here was served before, so it may be served again if no peer responds.
    await this.#catchUp(store, await askPeers(this.directory.endpoints()), true);
    if (!this.#stopped) this.#lifecycle.serving();
  }

  /** Catches up with the peers and records that. */
  async #catchUp(store: CausalStore, heard: readonly PeerHeartbeat[], servesAlone: boolean): Promise<void> {
    const { storage, scheduler, logger } = this.#options;
    // A node that joins has heard of members that no record here names yet.
    const unrecorded = () => {
      const recorded = this.directory.endpoints().map(({ peer }) => peer.id);
      return heard.filter(({ peer }) => !recorded.includes(peer.id) && !this.directory.isRemoved(peer.id));
    };
    const members = () => [...this.directory.endpoints(), ...unrecorded()];
    let attempts = 0;
    await catchUp(
      {
        store,
        members,
        servesAlone: servesAlone || members().length === 0,
        onWaiting: () => {
          this.#awaitsMember = true;
        },
        onResponse: async (responses) => {
          this.#awaitsMember = false;
          // Nobody that could have added this node responded when it started.
          const joined = await joinCluster(this.name, this.#options.advertisedUrl, responses, logger);
          return joined || ++attempts >= JOIN_ATTEMPTS;
        },
        scheduler,
        logger,
        stopped: this.#isStopped,
      },
      heard,
    );
    if (this.#stopped) return;
    await storage.adopt({ id: store.id, caughtUp: true });
    // A snapshot contains the membership records, but no write announces them.
    this.#refreshMembers();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #refreshMembers(): void {
    this.directory.refresh();
    this.#replicator?.connect(this.directory.endpoints());
  }
}
