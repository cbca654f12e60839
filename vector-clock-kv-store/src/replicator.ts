import { Acknowledgements } from './acknowledgements.ts';
import { Link, type LinkOptions } from './link.ts';
import type { Peer } from './peers.ts';
import type { Transport } from './transport.ts';
import { entry, meet, type VectorClock } from './vector-clock.ts';

export type ReplicatorOptions = Omit<LinkOptions, 'peer' | 'transport' | 'onReachable' | 'onKnown'> & {
  peers: readonly { peer: Peer; transport: Transport }[];
  onReachable: (peer: string, reachable: boolean, reason?: string) => void;
};

/** The links to all peers. */
export class Replicator {
  readonly #links: ReadonlyMap<string, Link>;
  readonly #storage: LinkOptions['storage'];
  readonly #acknowledgements: Acknowledgements;

  constructor({ peers, onReachable, ...shared }: ReplicatorOptions) {
    this.#storage = shared.storage;
    this.#acknowledgements = new Acknowledgements(shared.scheduler, (counter) => {
      const having = [...this.#links.values()].filter(({ known }) => entry(known, shared.self) >= counter);
      return 1 + having.length;
    });
    this.#links = new Map(
      peers.map(({ peer, transport }) => [
        peer.id,
        new Link({
          ...shared,
          peer: peer.id,
          transport,
          onReachable: (reachable, reason) => onReachable(peer.id, reachable, reason),
          onKnown: () => this.#acknowledgements.advanced(),
        }),
      ]),
    );
  }

  start(): void {
    for (const link of this.#links.values()) link.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.stop()));
  }

  /** New writes have been stored. */
  notify(): void {
    for (const link of this.#links.values()) link.notify();
  }

  /** A request of this peer has come in. */
  heard(peer: string): void {
    this.#links.get(peer)?.heard();
  }

  /** What this peer was sent may not have arrived. */
  repair(peer: string): void {
    this.#links.get(peer)?.repair();
  }

  /** The writes that every member is known to have stored. */
  storedEverywhere(): VectorClock {
    return [...this.#links.values()].reduce((clock, { known }) => meet(clock, known), this.#storage.clock);
  }

  /** The writes that whatever can still arrive here has seen. */
  settledEverywhere(): VectorClock {
    return [...this.#links.values()].reduce(
      (clock, link) => meet(clock, link.settled()),
      this.#storage.clock,
    );
  }

  /** How many nodes have this node's write of that number stored, as soon as `nodes` have or after `limitMs`. */
  storedOn(counter: number, nodes: number, limitMs: number): Promise<number> {
    return this.#acknowledgements.wait(counter, nodes, limitMs);
  }

  /** How many of this node's own writes each peer is not known to have. */
  lag(): ReadonlyMap<string, number> {
    return new Map([...this.#links].map(([peer, link]) => [peer, link.lag]));
  }
}
