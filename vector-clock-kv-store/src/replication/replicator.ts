import type { Peer } from '../causality/peer.ts';
import { counterOf, pointwiseMin, type VectorClock } from '../causality/vector-clock.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Link, type LinkOptions } from './link.ts';
import type { Heartbeat, Transport } from './transport.ts';

export type ReplicatorOptions = Omit<
  LinkOptions,
  'peer' | 'transport' | 'onReachable' | 'onHeartbeat' | 'onKnown'
> & {
  peers: readonly { peer: Peer; transport: Transport }[];
  onReachable: (peer: string, reachable: boolean, reason?: string) => void;
  onHeartbeat: (peer: string, heartbeat: Heartbeat) => void;
};

/** The links to all peers. */
export class Replicator {
  readonly #links = new Map<string, { url: string; link: Link }>();
  readonly #options: ReplicatorOptions;
  #started = false;
  readonly #storage: LinkOptions['storage'];
  readonly #acknowledgements: Acknowledgements;

  constructor(options: ReplicatorOptions) {
    this.#options = options;
    this.#storage = options.storage;
    this.#acknowledgements = new Acknowledgements(options.scheduler, (counter) => {
      return 1 + this.#all().filter(({ known }) => counterOf(known, options.self) >= counter).length;
    });
    this.connect(options.peers);
  }

  start(): void {
    this.#started = true;
    for (const link of this.#all()) link.start();
  }

  /** Resolves when nothing more will be read or sent; a peer that does not answer is not waited for. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((link) => link.stop()));
  }

  /** Has links to exactly these peers from now on; those to others end. */
  connect(peers: ReplicatorOptions['peers']): void {
    for (const [id, { url, link }] of this.#links) {
      if (peers.some(({ peer }) => peer.id === id && peer.url === url)) continue;
      this.#links.delete(id);
      void link.stop();
    }
    const { peers: _first, onReachable, onHeartbeat, ...shared } = this.#options;
    for (const { peer, transport } of peers) {
      if (this.#links.has(peer.id)) continue;
      const link = new Link({
        ...shared,
        peer: peer.id,
        transport,
        onReachable: (reachable, reason) => onReachable(peer.id, reachable, reason),
        onHeartbeat: (heartbeat) => onHeartbeat(peer.id, heartbeat),
        onKnown: () => this.#acknowledgements.advanced(),
      });
      this.#links.set(peer.id, { url: peer.url, link });
      if (this.#started) link.start();
    }
  }

  /** New writes have been stored. */
  notify(): void {
    for (const link of this.#all()) link.notify();
  }

  /** A request of this peer has come in. */
  heard(peer: string): void {
    this.#links.get(peer)?.link.heard();
  }

  /** What this peer was sent may not have arrived. */
  repair(peer: string): void {
    this.#links.get(peer)?.link.repair();
  }

  /** The writes that every member is known to have stored. */
  storedEverywhere(): VectorClock {
    return this.#all().reduce((clock, { known }) => pointwiseMin(clock, known), this.#storage.clock);
  }

  /** The writes that whatever can still arrive here has seen. */
  settledEverywhere(): VectorClock {
    return this.#all().reduce((clock, link) => pointwiseMin(clock, link.settled()), this.#storage.clock);
  }

  /** How many nodes have this node's write of that number stored, as soon as `nodes` have or after `limitMs`. */
  storedOn(counter: number, nodes: number, limitMs: number): Promise<number> {
    return this.#acknowledgements.wait(counter, nodes, limitMs);
  }

  /** How many of this node's own writes each peer is not known to have. */
  lag(): ReadonlyMap<string, number> {
    return new Map([...this.#links].map(([peer, { link }]) => [peer, link.lag]));
  }

  #all(): Link[] {
    return [...this.#links.values()].map(({ link }) => link);
  }
}
