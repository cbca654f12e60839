import { sleep } from '@gridclock/service-kit/scheduler';
import type { LifeId } from './causality/lineage.ts';
import type { NodeId } from './causality/node-id.ts';
import type { Retirements } from './causality/retirements.ts';
import { clockSum, type VectorClock } from './causality/vector-clock.ts';
import type { Write } from './causality/write.ts';
import type { ClusterNodeOptions } from './cluster-node-options.ts';
import { bootstrap } from './membership/bootstrap.ts';
import { ClusterCatchUp } from './membership/cluster-catch-up.ts';
import { discard } from './membership/discard.ts';
import { IdentityGuard } from './membership/identity-guard.ts';
import { Incarnation, logRetirements } from './membership/incarnation.ts';
import { MemberDirectory } from './membership/member-directory.ts';
import { Membership } from './membership/membership.ts';
import { NodeLifecycle, type NodeStatus } from './membership/node-lifecycle.ts';
import { ownHeartbeat, type Requester } from './membership/own-heartbeat.ts';
import type { Evidence } from './membership/own-identity.ts';
import { RenewalPace } from './membership/renewal-pace.ts';
import { SnapshotSessions } from './membership/snapshot-sessions.ts';
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
  readonly #lifecycle = new NodeLifecycle(() => this.#notify());
  readonly #catchUp: ClusterCatchUp;
  /** Undefined while starting. */
  #running: Incarnation | undefined;
  #stopped = false;
  /** Counts the times that the node has decided on its id. */
  #rounds = 0;
  /** What the node does until it serves: joining the cluster, or replacing its data. */
  #preparing: Promise<void> = Promise.resolve();
  readonly #pace: RenewalPace;
  #fencing: Promise<void> | undefined;

  constructor(options: ClusterNodeOptions) {
    const { logger, name, peers, storage, transportTo } = options;
    this.name = name;
    this.#options = options;
    this.#pace = new RenewalPace(options.scheduler);
    this.snapshots = new SnapshotSessions({ ...options, pageBytes: options.snapshotPageBytes });
    this.identities = new IdentityGuard({
      ...options,
      directory: () => this.directory,
      membership: () => this.membership,
      heardOf: () => this.heardOf(),
      ownCounter: () => this.store?.ownCounter,
      onEvidence: (evidence) => this.#fence(evidence),
    });
    this.directory = new MemberDirectory(name, peers, storage, transportTo, (peer, transport) =>
      this.identities.verified(peer, transport),
    );
    const { directory } = this;
    this.membership = new Membership({
      directory,
      status: () => this.status,
      running: () => this.#running,
      logger,
    });
    const { membership } = this;
    this.#catchUp = new ClusterCatchUp({ ...options, directory, membership, identity: this.identities.own });
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
    return this.#options.disk?.full?.message;
  }

  /** Why the node does not serve; undefined if it does. */
  get notServing(): string | undefined {
    if (this.status === 'ok') return undefined;
    if (!this.#catchUp.awaitsMember) return this.status;
    const members = this.directory.peers.map(({ id }) => id).join(', ');
    return `${this.status}: waiting for a response of one of ${members}`;
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
    return this.#running?.store;
  }

  /** Undefined while starting. */
  get replicator(): Replicator | undefined {
    return this.#running?.replicator;
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
    const { own: identity, registry } = this.identities;
    const { storage } = this.#options;
    const reporter = { name, status, identity, registry, directory, storage, store, replicator };
    return ownHeartbeat(reporter, requester);
  }

  /** Joins the cluster. Resolves once the node serves. Call it when peers can already request heartbeats. */
  async start(): Promise<void> {
    this.membership.refresh();
    this.#preparing = this.#unlessStopped(this.#prepare(false));
    await this.#preparing;
  }

  /** Waits for work on the storage. Once the node is stopped, that work fails because the storage is closed. */
  async #unlessStopped(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#stopped) throw error;
    }
  }

  /** Decides on the id, catches up, and serves. @param renew whether to start a new incarnation in any case */
  async #prepare(renew: boolean): Promise<void> {
    const { storage, logger, servesAlone } = this.#options;
    const round = ++this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    const { id, caughtUp, peers } = await bootstrap(this.#options, this.directory, this.identities.own, {
      renew,
      stopped,
      onTaken: (by) => {
        this.identities.reportTwin(by);
        this.#lifecycle.conflict();
      },
      onContradicted: () => this.identities.reportEarlierCopy(),
    });
    if (stopped()) return;
    this.identities.conflicts.end({ kind: 'name', subject: this.name });
    if (id !== this.name) logger.info({ id }, 'writing under a new incarnation');
    const incarnation = new Incarnation({
      ...this.#options,
      id,
      life: this.life,
      directory: this.directory,
      status: () => this.status,
      onCommitted: (writes, tookMs) => this.#onCommitted(writes, tookMs),
      onHeartbeat: (peer, heartbeat) => this.#onHeartbeat(peer, heartbeat),
    });
    const { store, replicator } = incarnation;
    this.#lifecycle.catchingUp();
    const disowned = storage.identity?.disowned;
    if (disowned !== undefined) {
      const peers = () => this.directory.endpointsToCopy();
      await discard({ ...this.#options, store, disowned, identity: this.identities.own, peers, stopped });
    }
    if (stopped()) return;
    const returning = renew || clockSum(this.clock) > 0;
    this.#running = incarnation;
    replicator.start();
    if (!caughtUp) await this.#catchUp.run(store, peers, { servesAlone, returning, stopped });
    if (stopped()) return;
    this.identities.conflicts.end({ kind: 'identity', subject: this.name }, `continuing as ${id}`);
    this.#lifecycle.serving();
    await this.membership.recordAddresses();
    if (stopped()) return;
    incarnation.startUpkeep();
  }

  /** Completes the commits in progress and closes the storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.snapshots.close();
    await this.#running?.stop();
    // Before the storage is closed: a write that still waited for its session must not fail to be stored.
    await this.store?.retire();
    await (this.store ?? this.#options.storage).close();
  }

  #onCommitted(writes: readonly Write[], tookMs: number): void {
    if (writes.some(({ key }) => key === MEMBERS_KEY)) this.membership.refresh();
    logRetirements(writes, this.#options.logger);
    this.#running?.onCommitted();
    this.#notify();
    this.#options.onCommitted(writes, tookMs);
  }

  #onHeartbeat(peer: string, heartbeat: Heartbeat): void {
    this.#running?.observe(peer, heartbeat);
    const { logger, onFailure } = this.#options;
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
    if (!this.#catchUp.isDue(peer, heartbeat) || this.status !== 'ok') return;
    this.#preparing = this.#unlessStopped(this.#refill());
    this.#preparing.catch(onFailure);
  }

  /** Merges the peers' data with the data here, because their logs no longer have what is missing here. */
  async #refill(): Promise<void> {
    const { store } = this;
    if (store === undefined) return;
    const round = this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    this.#lifecycle.catchingUp();
    await this.#catchUp.again(store, stopped);
    if (!stopped()) this.#lifecycle.serving();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Stops to write under the current id, because there is evidence that it is not this node's alone. */
  #fence(evidence: Evidence): void {
    this.#fencing ??= this.#unlessStopped(this.#renew(evidence))
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#fencing = undefined;
      });
  }

  async #renew({ disowned, reason }: Evidence): Promise<void> {
    const { storage } = this.#options;
    this.identities.conflicts.report({ kind: 'identity', subject: this.name, message: reason });
    this.#rounds++;
    this.#lifecycle.conflict();
    await this.#running?.retire();
    await this.#preparing.catch(() => {});
    const waitMs = this.#pace.next();
    if (waitMs > 0) await sleep(this.#options.scheduler, waitMs);
    if (this.#stopped) return;
    this.#running = undefined;
    const stored = storage.identity ?? { id: this.id, caughtUp: false };
    await storage.adopt({ ...stored, caughtUp: false, ...(disowned && { disowned }) });
    this.#lifecycle.starting();
    this.#preparing = this.#prepare(true);
    await this.#preparing;
  }
}
