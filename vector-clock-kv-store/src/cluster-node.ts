import type { Logger } from '@gridclock/service-kit';
import { CausalStore } from './causal-store.ts';
import { Housekeeping } from './housekeeping.ts';
import { chooseIdentity } from './identity.ts';
import { nameOf, type Peer } from './peers.ts';
import { Replicator } from './replicator.ts';
import { type Scheduler, sleep } from './scheduler.ts';
import type { StoreObserver } from './space-time/observers.ts';
import type { Storage } from './storage.ts';
import type { Heartbeat, SnapshotPage, Transport } from './transport.ts';
import { clockSum, covers, entry, merge, type NodeId, type VectorClock, zeroClock } from './vector-clock.ts';
import type { WatchedHistory } from './watch-feed.ts';
import { dotOf, type Write } from './write.ts';

export type ClusterNodeOptions = {
  /** The configured name. */
  name: string;
  storage: Storage;
  peers: readonly { peer: Peer; transport: Transport }[];
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a node with nothing stored waits for every peer to answer, in milliseconds. */
  peerWaitMs: number;
  bufferCapacity: number;
  /** How many writes of each node stay in the log though every member has them. */
  logRetention: number;
  logger: Logger;
  onCommitted: (writes: readonly Write[]) => void;
  /** Storing failed: the process must end. */
  onFailure: (error: unknown) => void;
  observer?: StoreObserver | undefined;
};

/** `starting`: it has no name in clocks yet. `catching-up`: it takes in writes, but does not serve clients. */
export type NodeStatus = 'starting' | 'catching-up' | 'ok';

/** A part of a snapshot of this size takes a few milliseconds to read, while nothing else is answered. */
const SNAPSHOT_PAGE_BYTES = 1024 * 1024;

/** How often a peer that did not answer is asked again, in milliseconds. */
const ASK_AGAIN_MS = 100;

/** How long a node that catches up works towards one aim before it asks again what the aim is, in milliseconds. */
const CATCH_UP_ROUND_MS = 2_000;

/** One member of the cluster: it finds out under which name it writes, catches up, and then serves. */
export class ClusterNode {
  readonly name: string;
  readonly #options: ClusterNodeOptions;
  readonly #names: ReadonlySet<string>;
  readonly #listeners = new Set<() => void>();
  #status: NodeStatus = 'starting';
  #store: CausalStore | undefined;
  #replicator: Replicator | undefined;
  #housekeeping: Housekeeping | undefined;
  #stopped = false;

  constructor(options: ClusterNodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.#names = new Set([options.name, ...options.peers.map(({ peer }) => peer.id)]);
  }

  get status(): NodeStatus {
    return this.#status;
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

  get replicator(): Replicator | undefined {
    return this.#replicator;
  }

  /** Whether a name in a clock belongs to this cluster. */
  isMember(id: NodeId): boolean {
    return this.#names.has(nameOf(id));
  }

  /** How many nodes the cluster has, this one counted. */
  get size(): number {
    return this.#names.size;
  }

  /** How many nodes have this node's write of that number stored, as soon as `nodes` have or after `limitMs`. */
  async storedOn(counter: number, nodes: number, limitMs: number): Promise<number> {
    return nodes <= 1 ? 1 : ((await this.#replicator?.storedOn(counter, nodes, limitMs)) ?? 1);
  }

  /** The highest write of each node that has arrived here, be it only in the buffer. */
  heardOf(): VectorClock {
    const highest: Record<NodeId, number> = { ...this.clock };
    for (const { node, counter } of (this.#store?.buffered() ?? []).map(dotOf)) {
      if (counter > entry(highest, node)) highest[node] = counter;
    }
    return highest;
  }

  /** Takes part in the cluster. Resolves when it serves. To be called once it can be asked for heartbeats. */
  async start(): Promise<void> {
    const {
      storage,
      logger,
      scheduler,
      random,
      peers,
      bufferCapacity,
      logRetention,
      onCommitted,
      onFailure,
    } = this.#options;
    const known = storage.identity;
    const answers = known?.caughtUp ? [] : await this.#askAllPeers();
    const id = known?.id ?? chooseIdentity(this.name, answers, incarnationMark(random));
    if (known === undefined) await storage.adopt({ id, caughtUp: false });
    if (id !== this.name) logger.info({ id }, 'writing under a name of its own since its memory was lost');
    if (this.#stopped) return;
    this.#store = new CausalStore({
      id,
      storage,
      scheduler,
      bufferCapacity,
      onFailure,
      observer: this.#options.observer,
      onCommitted: (writes) => {
        this.#replicator?.notify();
        for (const listener of this.#listeners) listener();
        onCommitted(writes);
      },
    });
    this.#replicator = new Replicator({
      self: id,
      storage,
      scheduler,
      random,
      peers,
      onReachable: (peer, reachable, reason) => {
        if (reachable) logger.info({ peer }, 'peer is reachable again');
        else logger.warn({ peer, reason }, 'peer is not reachable; what it misses is kept for it');
      },
    });
    this.#status = 'catching-up';
    this.#replicator.start();
    if (!known?.caughtUp) {
      await this.#catchUp(this.#store, answers);
      if (this.#stopped) return;
      await storage.adopt({ id, caughtUp: true });
    }
    this.#status = 'ok';
    this.#housekeeping = new Housekeeping({
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
    await this.#housekeeping?.stop();
    await this.#replicator?.stop();
    if (this.#store === undefined) await this.#options.storage.close();
    else await this.#store.close();
  }

  async #askAllPeers(): Promise<(Heartbeat | undefined)[]> {
    const { peers, peerWaitMs, scheduler } = this.#options;
    const answers = new Map<string, Heartbeat>();
    const deadline = scheduler.now() + peerWaitMs;
    while (!this.#stopped) {
      const open = peers.filter(({ peer }) => !answers.has(peer.id));
      await Promise.all(
        open.map(async ({ peer, transport }) => {
          const answer = await transport.heartbeat().catch(() => undefined);
          if (answer !== undefined) answers.set(peer.id, answer);
        }),
      );
      if (answers.size === peers.length || scheduler.now() >= deadline) break;
      await sleep(scheduler, ASK_AGAIN_MS);
    }
    return peers.map(({ peer }) => answers.get(peer.id));
  }

  /** Until everything is here that the peers had, so that clients see no less here than elsewhere. */
  async #catchUp(store: CausalStore, first: readonly (Heartbeat | undefined)[]): Promise<void> {
    const { peers, logger } = this.#options;
    let answers = first;
    let installed = zeroClock;
    while (!this.#stopped) {
      if (this.#needsSnapshot(store, answers) || !covers(store.clock, installed)) {
        installed = (await this.#install(store, answers)) ?? installed;
      }
      const aim = answers.reduce<VectorClock>(
        (clock, answer) => merge(clock, answer?.clock ?? zeroClock),
        installed,
      );
      if (await store.caughtUp(aim, CATCH_UP_ROUND_MS)) return;
      logger.info({ aim, clock: store.clock }, 'still catching up');
      // Asked again: a peer that has gone for good must not be waited for.
      answers = await Promise.all(peers.map(({ transport }) => transport.heartbeat().catch(() => undefined)));
    }
  }

  /** Whether a peer's log no longer has what is missing here. */
  #needsSnapshot(store: CausalStore, answers: readonly (Heartbeat | undefined)[]): boolean {
    return answers.some((answer) => answer !== undefined && !covers(store.clock, answer.pruned));
  }

  /**
   * From the peer that has most.
   *
   * @returns what must be delivered before the snapshot is consistent; undefined when none could be had
   */
  async #install(
    store: CausalStore,
    answers: readonly (Heartbeat | undefined)[],
  ): Promise<VectorClock | undefined> {
    const { peers, logger } = this.#options;
    const answered = peers.flatMap((peer, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : [{ ...peer, answer }];
    });
    answered.sort((left, right) => clockSum(right.answer.clock) - clockSum(left.answer.clock));
    for (const { peer, transport } of answered) {
      try {
        const shown = await store.install((mark) => transport.snapshot(mark));
        logger.info({ peer: peer.id, clock: store.clock }, 'installed a snapshot');
        return shown;
      } catch (error) {
        logger.warn({ peer: peer.id, err: error }, 'a snapshot could not be installed');
      }
    }
    return undefined;
  }
}

/** 32 bits from the source of chance given, so that a simulation repeats itself to the name. */
function incarnationMark(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
