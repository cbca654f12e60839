import { sleep } from '@gridclock/service-kit/scheduler';
import { clockSum } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { type BootstrapOptions, bootstrap } from './bootstrap.ts';
import { ClusterCatchUp } from './cluster-catch-up.ts';
import { discard } from './discard.ts';
import type { IdentityGuard } from './identity-guard.ts';
import { Incarnation, type IncarnationOptions } from './incarnation.ts';
import type { Membership } from './membership.ts';
import type { NodeLifecycle } from './node-lifecycle.ts';
import type { Evidence } from './own-identity.ts';
import { RenewalPace } from './renewal-pace.ts';

export type NodeRunOptions = BootstrapOptions &
  Omit<IncarnationOptions, 'id' | 'life' | 'status' | 'mayHaveUnlistedMembers'> & {
    membership: Membership;
    identities: IdentityGuard;
    lifecycle: NodeLifecycle;
    /** Whether a node that has not caught up may serve although no member responds. */
    servesAlone: boolean;
  };

/**
 * 10 min: how long deletions are kept after a start that no member could witness. Members that the data here does not name
 * find this node within seconds, and what they have written meanwhile may be concurrent to its deletions.
 */
const UNLISTED_MEMBERS_MS = 600_000;

/**
 * Runs a node under one id: decides on the id, catches up, and serves. Starts over under a new id when there is evidence
 * that the numbering is not this node's alone.
 */
export class NodeRun {
  readonly #options: NodeRunOptions;
  readonly #catchUp: ClusterCatchUp;
  readonly #pace: RenewalPace;
  /** Undefined while starting. */
  #incarnation: Incarnation | undefined;
  #stopped = false;
  /** Counts the times that the node has decided on its id. */
  #rounds = 0;
  /** What the node does until it serves: joining the cluster, or replacing its data. */
  #preparing: Promise<void> = Promise.resolve();
  #fencing: Promise<void> | undefined;
  /** When the data here was last in doubt. */
  #doubtedAt: number | undefined;

  constructor(options: NodeRunOptions) {
    this.#options = options;
    this.#pace = new RenewalPace(options.scheduler);
    const { identities } = options;
    this.#catchUp = new ClusterCatchUp({
      ...options,
      identity: identities.own,
      isContradicted: (peer, heartbeat) => identities.isContradicted(peer, heartbeat),
    });
  }

  /** What the node runs under its id; undefined while it decides on it. */
  get incarnation(): Incarnation | undefined {
    return this.#incarnation;
  }

  /** Whether it waits for a first response of any member. */
  get awaitsMember(): boolean {
    return this.#catchUp.awaitsMember;
  }

  /** Resolves once the node serves. */
  async start(): Promise<void> {
    this.#preparing = this.#unlessStopped(this.#prepare(false));
    await this.#preparing;
  }

  /** Completes the commits in progress and closes the storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#incarnation?.stop();
    const store = this.#incarnation?.store;
    // Before the storage is closed: a write that still waited for its session must not fail to be stored.
    await store?.retire();
    await (store ?? this.#options.storage).close();
  }

  /** Considers a member's heartbeat: merges its data with the data here if the logs lack what is missing here. */
  observe(peer: string, heartbeat: Heartbeat): void {
    const { lifecycle, onFailure } = this.#options;
    if (!this.#catchUp.isDue(peer, heartbeat) || lifecycle.status !== 'ok') return;
    this.#preparing = this.#unlessStopped(this.#refill());
    this.#preparing.catch(onFailure);
  }

  /** Stops to write under the current id, because there is evidence that it is not this node's alone. */
  fence(evidence: Evidence): void {
    this.#fencing ??= this.#unlessStopped(this.#renew(evidence))
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#fencing = undefined;
      });
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
    const { directory, identities, lifecycle, logger, membership, name, scheduler, servesAlone, storage } =
      this.#options;
    const round = ++this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    const { id, caughtUp, peers } = await bootstrap(this.#options, directory, identities.own, {
      renew,
      stopped,
      onTaken: (by) => {
        identities.reportTwin(by);
        lifecycle.conflict();
      },
      onContradicted: () => identities.reportEarlierCopy(),
      onDoubt: () => {
        this.#doubtedAt = scheduler.now();
        return identities.registry.doubt();
      },
    });
    if (stopped()) return;
    identities.conflicts.end({ kind: 'name', subject: name });
    if (id !== name) logger.info({ id }, 'writing under a new incarnation');
    const { life } = identities.own;
    const incarnation = new Incarnation({
      ...this.#options,
      id,
      life,
      status: () => lifecycle.status,
      mayHaveUnlistedMembers: () =>
        this.#doubtedAt !== undefined && scheduler.now() - this.#doubtedAt < UNLISTED_MEMBERS_MS,
    });
    const { store, replicator } = incarnation;
    lifecycle.catchingUp();
    const disowned = storage.identity?.disowned;
    if (disowned !== undefined) {
      const peers = () => directory.endpointsToCopy();
      await discard({ ...this.#options, store, disowned, identity: identities.own, peers, stopped });
    }
    if (stopped()) return;
    const returning = renew || clockSum(storage.clock) > 0;
    this.#incarnation = incarnation;
    replicator.start();
    if (!caughtUp) await this.#catchUp.run(store, peers, { servesAlone, returning, stopped });
    if (stopped()) return;
    identities.conflicts.end({ kind: 'identity', subject: name }, `continuing as ${id}`);
    lifecycle.serving();
    await membership.recordAddresses();
    if (stopped()) return;
    incarnation.startUpkeep();
  }

  /** Merges the peers' data with the data here, because their logs no longer have what is missing here. */
  async #refill(): Promise<void> {
    const store = this.#incarnation?.store;
    if (store === undefined) return;
    const { lifecycle } = this.#options;
    const round = this.#rounds;
    const stopped = () => this.#stopped || round !== this.#rounds;
    lifecycle.catchingUp();
    await this.#catchUp.again(store, stopped);
    if (!stopped()) lifecycle.serving();
  }

  async #renew({ disowned, reason }: Evidence): Promise<void> {
    const { identities, lifecycle, name, scheduler, storage } = this.#options;
    identities.conflicts.report({ kind: 'identity', subject: name, message: reason });
    this.#rounds++;
    lifecycle.conflict();
    await this.#incarnation?.retire();
    await this.#preparing.catch(() => {});
    const waitMs = this.#pace.next();
    if (waitMs > 0) await sleep(scheduler, waitMs);
    if (this.#stopped) return;
    const id = this.#incarnation?.store.id ?? name;
    this.#incarnation = undefined;
    const stored = storage.identity ?? { id, caughtUp: false };
    await storage.adopt({ ...stored, caughtUp: false, ...(disowned && { disowned }) });
    lifecycle.starting();
    this.#preparing = this.#prepare(true);
    await this.#preparing;
  }
}
