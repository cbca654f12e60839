import { Budget } from '@gridclock/service-kit/budget';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, pointwiseMin, type VectorClock } from '../causality/vector-clock.ts';
import { ConditionWaiters } from '../condition-waiters.ts';
import { WAITING_ACKS } from '../limits.ts';
import { Link } from './link.ts';
import type { LinkOptions } from './link-options.ts';
import type { RejectedWrite } from './rejected-writes.ts';
import type { Heartbeat, PeerEndpoint } from './transport.ts';

export type ReplicatorOptions = Pick<LinkOptions, 'self' | 'storage' | 'scheduler' | 'random'> & {
  peers: readonly PeerEndpoint[];
  onReachabilityChange: (peer: string, reachable: boolean, reason?: string) => void;
  onRejected?: (peer: string, write: RejectedWrite) => void;
  onHeartbeat: (peer: string, heartbeat: Heartbeat, tookMs: number) => void;
};

/** Replicates to all peers, with one link to each. */
export class Replicator {
  readonly #links = new Map<string, { url: string; link: Link }>();
  readonly #options: ReplicatorOptions;
  readonly #waiters: ConditionWaiters;
  readonly #waiting = new Budget('waiting_acks', WAITING_ACKS);
  #started = false;

  constructor(options: ReplicatorOptions) {
    this.#options = options;
    this.#waiters = new ConditionWaiters(options.scheduler);
    this.connect(options.peers);
  }

  start(): void {
    this.#started = true;
    for (const link of this.#all()) link.start();
  }

  /** Resolves once no link reads the log or sends. Does not wait for requests in flight. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((link) => link.stop()));
  }

  /** Opens links to new peers and stops links to peers that are not listed. */
  connect(peers: readonly PeerEndpoint[]): void {
    for (const [id, { url, link }] of this.#links) {
      if (peers.some(({ peer }) => peer.id === id && peer.url === url)) continue;
      this.#links.delete(id);
      void link.stop();
    }
    const { self, storage, scheduler, random, onReachabilityChange, onRejected, onHeartbeat } = this.#options;
    for (const { peer, transport } of peers) {
      if (this.#links.has(peer.id)) continue;
      const link = new Link({
        self,
        storage,
        scheduler,
        random,
        transport,
        onReachabilityChange: (reachable, reason) => onReachabilityChange(peer.id, reachable, reason),
        onHeartbeat: (heartbeat, tookMs) => onHeartbeat(peer.id, heartbeat, tookMs),
        onRejected: (write) => onRejected?.(peer.id, write),
        onProgress: () => this.#waiters.recheck(),
      });
      this.#links.set(peer.id, { url: peer.url, link });
      if (this.#started) link.start();
    }
  }

  /** Wakes all links, because new writes have been stored. */
  notify(): void {
    for (const link of this.#all()) link.notify();
  }

  /** Ends the backoff of a peer that has just sent a request. */
  retryNow(peer: string): void {
    this.#links.get(peer)?.link.retryNow();
  }

  /** Sends a peer every missing write at once, because messages to it may have been lost. */
  repair(peer: string): void {
    this.#links.get(peer)?.link.repair();
  }

  /** Returns the ids in the clocks that the peers have reported. */
  reportedIds(): Set<NodeId> {
    const { retired } = this.#options.storage;
    return new Set(this.#all().flatMap(({ progress }) => Object.keys(retired.compact(progress.clock))));
  }

  /** Returns the writes that every member is known to have stored. */
  stableClock(): VectorClock {
    return this.#all().reduce(
      (clock, { progress }) => pointwiseMin(clock, progress.clock),
      this.#options.storage.clock,
    );
  }

  /** Reports whether there is a link to a peer: without one, it does not count below. */
  hasLinkTo(peer: string): boolean {
    return this.#links.has(peer);
  }

  /**
   * Returns the writes that every member either has stored or can fetch with a snapshot. Another implementation, which
   * reports no members, has no snapshots: the log is its only source.
   */
  snapshotableClock(): VectorClock {
    return this.#all()
      .filter(({ needsLog }) => needsLog)
      .reduce((clock, { progress }) => pointwiseMin(clock, progress.clock), this.#options.storage.clock);
  }

  /** Returns the writes that are in the past of every write that can still arrive here. */
  settledClock(): VectorClock {
    return this.#all().reduce(
      (clock, { progress }) => pointwiseMin(clock, progress.settled()),
      this.#options.storage.clock,
    );
  }

  /** Returns how many nodes have stored this node's write number `counter`, this node included. */
  copies(counter: number): number {
    const { self } = this.#options;
    return 1 + this.#all().filter(({ progress }) => counterOf(progress.clock, self) >= counter).length;
  }

  /**
   * Waits until `nodes` nodes have stored this node's write number `counter`, or until `limitMs` has passed.
   *
   * @param bytes what the caller holds in memory meanwhile
   * @returns how many nodes have stored it by then, this node included
   * @throws OverBudgetError if too many wait already
   */
  async storedOn(counter: number, nodes: number, limitMs: number, bytes = 0): Promise<number> {
    if (this.copies(counter) >= nodes) return this.copies(counter);
    const release = this.#waiting.take(bytes);
    try {
      await this.#waiters.wait(() => this.copies(counter) >= nodes, limitMs);
      return this.copies(counter);
    } finally {
      release();
    }
  }

  /** Returns the writes that a peer rejects for good, with the peer. */
  rejected(): (RejectedWrite & { peer: string })[] {
    return [...this.#links].flatMap(([peer, { link }]) => link.rejected.map((write) => ({ peer, ...write })));
  }

  /** Returns the peers that are not known to have all of this node's own writes. */
  behind(): string[] {
    return [...this.lag()].filter(([, lag]) => lag > 0).map(([peer]) => peer);
  }

  /** Returns how many of this node's own writes each peer is not known to have. */
  lag(): ReadonlyMap<string, number> {
    return new Map([...this.#links].map(([peer, { link }]) => [peer, link.lag]));
  }

  #all(): Link[] {
    return [...this.#links.values()].map(({ link }) => link);
  }
}
