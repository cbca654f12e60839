import type { LifeId } from './causality/lineage.ts';
import type { NodeId } from './causality/node-id.ts';
import type { Retirements } from './causality/retirements.ts';
import type { VectorClock } from './causality/vector-clock.ts';
import type { Write } from './causality/write.ts';
import type { ClusterNodeOptions } from './cluster-node-options.ts';
import { IdentityGuard } from './membership/identity-guard.ts';
import { logRetirements } from './membership/incarnation.ts';
import { MemberDirectory } from './membership/member-directory.ts';
import { Membership } from './membership/membership.ts';
import { NodeLifecycle, type NodeStatus } from './membership/node-lifecycle.ts';
import { NodeRun } from './membership/node-run.ts';
import { ownHeartbeat, type Requester } from './membership/own-heartbeat.ts';
import { SnapshotSessions } from './membership/snapshot-sessions.ts';
import type { IncompatiblePeer } from './membership/wire-agreements.ts';
import { highestHeardOf } from './replication/heard-of.ts';
import { hardLimitBytes, LogFullError } from './replication/log-limit.ts';
import type { Replicator } from './replication/replicator.ts';
import type { Heartbeat } from './replication/transport.ts';
import { MEMBERS_KEY } from './storage/storage.ts';
import type { CausalStore } from './store/causal-store.ts';
import type { WatchedLog } from './store/watch-feed.ts';

/** One member of the cluster. It decides on its id, catches up with its peers, and then serves clients. */
export class ClusterNode {
  /** The configured name. */
  readonly name: string;
  readonly directory: MemberDirectory;
  readonly membership: Membership;
  readonly identities: IdentityGuard;
  /** The snapshots that peers merge. */
  readonly snapshots: SnapshotSessions;
  readonly #options: ClusterNodeOptions;
  readonly #listeners = new Set<() => void>();
  #stopped = false;
  readonly #lifecycle = new NodeLifecycle(() => this.#notify());
  readonly #run: NodeRun;

  constructor(options: ClusterNodeOptions) {
    const { logger, name, peers, storage, transportTo } = options;
    this.name = name;
    this.#options = options;
    this.snapshots = new SnapshotSessions({ ...options, pageBytes: options.snapshotPageBytes });
    this.identities = new IdentityGuard({
      ...options,
      directory: () => this.directory,
      membership: () => this.membership,
      heardOf: () => this.heardOf(),
      isServing: () => this.status === 'ok',
      ownCounter: () => this.store?.ownCounter,
      onEvidence: (evidence) => this.#run.fence(evidence),
    });
    this.directory = new MemberDirectory(name, peers, storage, transportTo, (peer, transport) =>
      this.identities.verified(peer, transport),
    );
    const { directory } = this;
    this.membership = new Membership({
      directory,
      status: () => this.status,
      running: () => this.#run.incarnation,
      logger,
    });
    this.#run = new NodeRun({
      ...options,
      directory,
      membership: this.membership,
      identities: this.identities,
      lifecycle: this.#lifecycle,
      onCommitted: (writes, tookMs) => this.#onCommitted(writes, tookMs),
      onHeartbeat: (peer, heartbeat) => this.#onHeartbeat(peer, heartbeat),
    });
  }

  /** Identifies this run of the process. */
  get life(): LifeId {
    return this.identities.own.life;
  }

  get status(): NodeStatus {
    return this.#lifecycle.status;
  }

  /** Why the node refuses writes although it may serve reads; undefined if it does not. */
  get readOnly(): string | undefined {
    // Without the database's words in parentheses, which are in the log.
    return this.#options.disk?.full?.message.replace(/ \([^)]*\)$/, '');
  }

  /** Why the node does not serve; undefined if it does. */
  get notServing(): string | undefined {
    if (this.status === 'ok') return undefined;
    const [incompatible] = this.incompatiblePeers;
    if (incompatible !== undefined) return `${this.status}: ${incompatible.message}`;
    if (!this.#run.awaitsMember) return this.status;
    const members = this.directory.peers.map(({ id }) => id).join(', ');
    return `${this.status}: waiting for a response of one of ${members}`;
  }

  /** The members with which this node can exchange no messages, because their releases are too far apart. */
  get incompatiblePeers(): IncompatiblePeer[] {
    return this.identities.wire.incompatibleAmong(this.directory.peers);
  }

  /** The node's id in clocks; its configured name until the id is decided. */
  get id(): NodeId {
    return this.store?.id ?? this.name;
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
    return this.#run.incarnation?.store;
  }

  /** Undefined while starting. */
  get replicator(): Replicator | undefined {
    return this.#run.incarnation?.replicator;
  }

  /**
   * Checks that the log has room for a client's write. Those of peers are taken in any case: each node limits its own.
   *
   * @throws LogFullError
   */
  checkLogRoom(): void {
    const { storage, logRetention } = this.#options;
    const limit = hardLimitBytes(logRetention.limitBytes);
    if (storage.logBytes >= limit) throw new LogFullError(limit, this.replicator?.behind() ?? []);
  }

  /** Calls the listener whenever writes have become visible here or the status has changed. Returns a function that unsubscribes it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns the highest write of each node that has arrived here, even if it is buffered or not stored yet. */
  heardOf(): VectorClock {
    return highestHeardOf(this.clock, this.store);
  }

  /** Returns what this node reports to its peers. */
  heartbeat(requester?: Requester): Heartbeat {
    const { name, status, directory, store, replicator } = this;
    const { own: identity, registry, wire } = this.identities;
    const { storage } = this.#options;
    const reporter = {
      name,
      status,
      identity,
      registry,
      directory,
      storage,
      store,
      replicator,
      wire: wire.own,
    };
    return ownHeartbeat(reporter, requester);
  }

  /** Joins the cluster. Resolves once the node serves. Call it when peers can already request heartbeats. */
  async start(): Promise<void> {
    this.membership.refresh();
    await this.#run.start();
  }

  /** Whether `stop` was called. The storage is closed, or will be in a moment. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Completes the commits in progress and closes the storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.snapshots.close();
    await this.#run.stop();
  }

  #onCommitted(writes: readonly Write[], tookMs: number): void {
    if (writes.some(({ key }) => key === MEMBERS_KEY)) this.membership.refresh();
    logRetirements(writes, this.#options.logger);
    this.#run.incarnation?.onCommitted();
    this.#notify();
    this.#options.onCommitted(writes, tookMs);
  }

  #onHeartbeat(peer: string, heartbeat: Heartbeat): void {
    this.#run.incarnation?.observe(peer, heartbeat);
    const { logger } = this.#options;
    this.identities.check(peer, heartbeat);
    this.directory.learnNames(heartbeat.clock);
    void this.membership.recordAddresses();
    if (
      this.#lifecycle.reportRemoval(
        peer,
        heartbeat.removed?.includes(this.name) ?? false,
        this.directory.peers,
      )
    )
      logger.error(
        { peer },
        'removed from the cluster; no longer serving. To add it, POST /members at a peer',
      );
    this.#run.observe(peer, heartbeat);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
