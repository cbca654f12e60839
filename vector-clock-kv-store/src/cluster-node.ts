import type { BufferCapacity } from './causality/causal-buffer.ts';
import { type Disowned, drawLife, type LifeId } from './causality/lineage.ts';
import { type NodeId, nameOf } from './causality/node-id.ts';

import type { Peer } from './causality/peer.ts';
import { RETIRED_KEY, type Retirements, retirementIn, retirementValue } from './causality/retirements.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from './causality/vector-clock.ts';
import { dotOf, type Write } from './causality/write.ts';
import { answerClaim } from './membership/answer-claim.ts';
import { askPeers, type PeerHeartbeat } from './membership/ask-peers.ts';
import { type BootstrapOptions, bootstrap } from './membership/bootstrap.ts';
import { catchUp } from './membership/catch-up.ts';
import type { ClaimAnswer } from './membership/claim.ts';
import { ClaimRegistry } from './membership/claim-registry.ts';
import { type ConflictKind, ConflictLog } from './membership/conflict-log.ts';
import { discard } from './membership/discard.ts';
import { GapDetector } from './membership/gap-detector.ts';
import { IdentityWatch } from './membership/identity-watch.ts';
import { joinCluster } from './membership/join-cluster.ts';
import { MemberDirectory } from './membership/member-directory.ts';
import { NodeLifecycle, type NodeStatus } from './membership/node-lifecycle.ts';
import { type Evidence, OwnIdentity } from './membership/own-identity.ts';
import { SnapshotSessions, SnapshotsBusyError } from './membership/snapshot-sessions.ts';
import { VerifiedTransport } from './membership/verified-transport.ts';
import { LogCompactor, type LogRetention } from './replication/log-compactor.ts';
import { Replicator } from './replication/replicator.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  type PeerEndpoint,
  type Transport,
  WrongPeerError,
} from './replication/transport.ts';
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
  /** Creates the transport to a peer that joins or moves. */
  transportTo: (peer: Peer) => Transport;
  /** Requests a heartbeat at an address that may not be a peer's. */
  heartbeatAt?: (peer: Peer) => Promise<Heartbeat>;
  /** Identifies this run of the process. Drawn at random if absent. */
  life?: LifeId;
  /** Called once for every conflict about an identity. */
  onConflict?: (kind: ConflictKind) => void;
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
  readonly conflicts: ConflictLog;
  readonly #identity: OwnIdentity;
  readonly #registry: ClaimRegistry;
  readonly #watch: IdentityWatch;
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
  /** Counts the times that the node has decided on its id. */
  #rounds = 0;
  /** What the node does until it serves: joining the cluster, or replacing its data. */
  #preparing: Promise<void> = Promise.resolve();
  #fencing: Promise<void> | undefined;

  constructor(options: ClusterNodeOptions) {
    const {
      advertisedUrl,
      logger,
      name,
      onConflict = () => {},
      peers,
      random,
      storage,
      transportTo,
    } = options;
    this.name = name;
    this.#options = options;
    this.#snapshots = new SnapshotSessions({ ...options, pageBytes: options.snapshotPageBytes });
    this.#gaps = new GapDetector(options.scheduler);
    this.conflicts = new ConflictLog(logger, onConflict);
    this.#identity = new OwnIdentity(name, options.life ?? drawLife(random));
    this.#registry = new ClaimRegistry(storage);
    this.directory = new MemberDirectory(
      name,
      peers,
      storage,
      transportTo,
      (peer, transport) =>
        new VerifiedTransport(transport, peer, this.life, (problem) => this.#onChecked(peer, problem)),
    );
    this.#watch = new IdentityWatch({
      name,
      advertisedUrl,
      identity: this.#identity,
      registry: this.#registry,
      conflicts: this.conflicts,
      heardOf: () => this.heardOf(),
      clock: () => this.clock,
      ownCounter: () => this.#store?.ownCounter,
      onEvidence: (evidence) => this.#fence(evidence),
      announce: (peer) => this.#announceTo(peer),
      onFailure: options.onFailure,
    });
  }

  /** Identifies this run of the process. */
  get life(): LifeId {
    return this.#identity.life;
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

  /** Returns what this node reports to its peers. @param requester the name and the life that a request states */
  heartbeat(requester: { name?: string | undefined; life?: LifeId | undefined } = {}): Heartbeat {
    const { status, retired, clock, liveClock } = this;
    const stable = this.#replicator?.stableClock() ?? zeroClock;
    const record = requester.name === undefined ? undefined : this.#registry.of(nameOf(requester.name));
    const differs = requester.life !== undefined && record?.at(-1)?.life !== requester.life;
    return {
      name: this.name,
      id: this.#identity.id,
      status,
      life: this.life,
      lineage: this.#identity.lineage,
      ...(differs ? { record: record ?? [] } : {}),
      retired: retired.size,
      clock: liveClock,
      heardOf: reportedHeardOf(retired, clock, this.heardOf()),
      pruned: reportedPruned(retired, this.#options.storage.pruned, stable),
      peers: this.directory.peers,
      removed: this.directory.removed,
    };
  }

  /** Answers another node's claim to its id. */
  answerClaim(request: ClaimRequest): Promise<ClaimAnswer> {
    const { scheduler, transportTo } = this.#options;
    const { heartbeatAt = (peer) => transportTo(peer).heartbeat() } = this.#options;
    return answerClaim(request, {
      registry: this.#registry,
      scheduler,
      listed: this.directory.addressesOf(request.id),
      heartbeatAt,
      heardOf: () => this.heardOf(),
      onVerified: (heartbeat, peer) => this.#onVerified(heartbeat, peer),
      onAddress: (peer) => this.#onAddress(peer),
    });
  }

  /** Finds a write that comes from another life than the one that holds its number. */
  foreignWrite(writes: readonly Write[]): Write | undefined {
    return writes.find((write) => this.#watch.isForeign(write));
  }

  /** Joins the cluster. Resolves once the node serves. Call it when peers can already request heartbeats. */
  async start(): Promise<void> {
    this.#refreshMembers();
    this.#preparing = this.#prepare(false);
    await this.#preparing;
  }

  /** Decides on the id, catches up, and serves. @param renew whether to start a new incarnation in any case */
  async #prepare(renew: boolean): Promise<void> {
    const { storage, logger, scheduler, random, logRetention } = this.#options;
    const round = ++this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    const { id, caughtUp, peers } = await bootstrap(this.#options, this.directory, this.#identity, {
      renew,
      stopped,
      onTaken: (by) => this.#onTaken(by),
    });
    if (stopped()) return;
    this.conflicts.end({ kind: 'name', subject: this.name });
    if (id !== this.name) logger.info({ id }, 'writing as an incarnation of its own');
    const store = new CausalStore({
      ...this.#options,
      id,
      life: this.life,
      onCommitted: (writes, tookMs) => this.#onCommitted(writes, tookMs),
      reportedIds: () => this.#replicator?.reportedIds() ?? new Set(),
    });
    const replicator = new Replicator({
      self: id,
      storage,
      scheduler,
      random,
      peers: this.directory.endpoints(),
      onRejected: (peer, write) =>
        logger.error(
          { peer, ...write },
          'a peer rejects a write for good; everything that depends on it waits. Update that peer, or see the reason',
        ),
      onReachabilityChange: (peer, reachable, reason) => {
        if (reachable) logger.info({ peer }, 'peer is reachable again');
        else logger.warn({ peer, reason }, 'peer is unreachable; keeping its writes in the log');
      },
      onHeartbeat: (peer, heartbeat, tookMs) => {
        this.#onHeartbeat(peer, heartbeat);
        for (const observer of this.#options.observers) observer.onHeartbeat?.(peer, heartbeat.clock, tookMs);
      },
    });
    this.#lifecycle.catchingUp();
    const disowned = storage.identity?.disowned;
    if (disowned !== undefined) await this.#discard(store, disowned, stopped);
    if (stopped()) return;
    this.#store = store;
    this.#replicator = replicator;
    replicator.start();
    if (!caughtUp) await this.#catchUp(store, peers, this.#options.servesAlone, stopped);
    if (stopped()) return;
    this.conflicts.end({ kind: 'identity', subject: this.name }, `continuing as ${id}`);
    this.#lifecycle.serving();
    await this.#recordAddresses();
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
    this.#watch.check(peer, heartbeat);
    this.directory.learnNames(heartbeat.clock);
    if (this.#lifecycle.reportRemoval(peer, removed.includes(this.name), this.directory.peers)) {
      logger.error(
        { peer },
        'removed from the cluster; no longer serving. To add it, POST /members at a peer',
      );
    }
    const needsRefill = this.#gaps.record(peer, heartbeat, this.clock, this.directory.peers);
    if (!needsRefill || this.status !== 'ok') return;
    this.#preparing = this.#refill();
    this.#preparing.catch(onFailure);
  }

  /** Merges the peers' data with the data here, because their logs no longer have what is missing here. */
  async #refill(): Promise<void> {
    const { logger } = this.#options;
    const store = this.#store;
    if (store === undefined) return;
    const round = this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    this.#lifecycle.catchingUp();
    logger.warn({ clock: this.clock }, 'the peers have pruned writes missing here; merging a snapshot');
    // The data here was served before, so it may be served again if no peer responds.
    await this.#catchUp(store, await askPeers(this.directory.endpoints()), true, stopped);
    if (!stopped()) this.#lifecycle.serving();
  }

  /** Catches up with the peers and records that. */
  async #catchUp(
    store: CausalStore,
    heard: readonly PeerHeartbeat[],
    servesAlone: boolean,
    stopped: () => boolean,
  ): Promise<void> {
    const { scheduler, logger } = this.#options;
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
        stopped,
      },
      heard,
    );
    if (stopped()) return;
    await this.#adopt(store.id, true);
    // A snapshot contains the membership records, but no write announces them.
    this.#refreshMembers();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  async #adopt(id: NodeId, caughtUp: boolean): Promise<void> {
    await this.#options.storage.adopt({ id, caughtUp, lineage: this.#identity.lineage });
  }

  /** Stops to write under the current id, because there is evidence that it is not this node's alone. */
  #fence(evidence: Evidence): void {
    this.#fencing ??= this.#renew(evidence)
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#fencing = undefined;
      });
  }

  async #renew({ disowned, reason }: Evidence): Promise<void> {
    const { storage } = this.#options;
    this.conflicts.report({ kind: 'identity', subject: this.name, message: reason });
    this.#rounds++;
    this.#lifecycle.conflict();
    await Promise.all([
      this.#retirer?.stop(),
      this.#compactor?.stop(),
      this.#replicator?.stop(),
      this.#store?.retire(),
    ]);
    await this.#preparing.catch(() => {});
    if (this.#stopped) return;
    this.#store = undefined;
    this.#replicator = undefined;
    this.#compactor = undefined;
    this.#retirer = undefined;
    const stored = storage.identity ?? { id: this.id, caughtUp: false };
    await storage.adopt({ ...stored, caughtUp: false, ...(disowned && { disowned }) });
    this.#lifecycle.starting();
    this.#preparing = this.#prepare(true);
    await this.#preparing;
  }

  async #discard(store: CausalStore, disowned: Disowned, stopped: () => boolean): Promise<void> {
    const { logger } = this.#options;
    const result = await discard({
      ...this.#options,
      store,
      disowned,
      identity: this.#identity,
      peers: () => this.directory.endpoints(),
      stopped,
    });
    if (result === undefined) return;
    await store.receive(result.remaining);
    logger.error(
      { disowned, reissued: result.reissued, id: this.id },
      'replaced the data that contradicted the peers; made the writes again that only this node had',
    );
  }

  #onTaken(by: string): void {
    const message = `${by} reports another process named ${this.name}; stop one of them or change its NODE_ID`;
    this.conflicts.report({ kind: 'name', subject: this.name, message });
    this.#lifecycle.conflict();
  }

  #onChecked({ id }: Peer, problem: string | undefined): void {
    if (problem === undefined) this.conflicts.end({ kind: 'peer', subject: id });
    else this.conflicts.report({ kind: 'peer', subject: id, message: problem });
  }

  /** Considers a heartbeat that a node asked this one to request. */
  #onVerified(heartbeat: Heartbeat, peer: Peer): void {
    const listed = this.directory.peers.some(({ id }) => id === peer.id);
    const decided = heartbeat.status === 'ok' || heartbeat.status === 'catching-up';
    if (listed && decided) {
      try {
        this.#watch.check(peer.id, heartbeat, false);
      } catch (error) {
        if (!(error instanceof WrongPeerError)) throw error;
        return;
      }
    } else if (this.#watch.compareOwn(heartbeat) && !listed) this.directory.introduce(peer);
  }

  /** Follows a member to another address. */
  #onAddress(peer: Peer): void {
    if (!this.directory.learnAddress(peer)) return;
    this.#options.logger.warn(peer, 'a member has moved; using its new address');
    this.#replicator?.connect(this.directory.endpoints());
    void this.#recordAddresses().catch(() => {});
  }

  /** Tells the other members the addresses that nodes have given here. */
  async #recordAddresses(): Promise<void> {
    const records = this.status === 'ok' ? this.directory.recordsWithAddresses() : undefined;
    if (records !== undefined) await this.#store?.put(MEMBERS_KEY, records);
  }

  #announceTo(peer: string): void {
    const { advertisedUrl } = this.#options;
    const endpoint = this.directory.endpoints().find((candidate) => candidate.peer.id === peer);
    const request = { id: this.name, life: this.life, url: advertisedUrl, confirm: true };
    // It is repeated with the next heartbeat while the peer's knowledge differs.
    endpoint?.transport.claim(request).catch(() => {});
  }

  #refreshMembers(): void {
    this.directory.refresh();
    this.#replicator?.connect(this.directory.endpoints());
  }
}
