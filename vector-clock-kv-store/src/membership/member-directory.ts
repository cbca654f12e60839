import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { PeerEndpoint, Transport } from '../replication/transport.ts';
import { MEMBERS_KEY, type Storage } from '../storage/storage.ts';
import {
  currentPeers,
  isRemoved,
  type MemberRecords,
  readRecords,
  withMember,
  withoutMember,
} from './member-records.ts';

/** The members of the cluster, as far as this node knows, and the transports that reach them. */
export class MemberDirectory {
  readonly #self: string;
  readonly #configured: readonly Peer[];
  readonly #storage: Pick<Storage, 'versions' | 'clock'>;
  readonly #transportTo: (peer: Peer) => Transport;
  readonly #endpoints: Map<string, PeerEndpoint>;
  /** The names of all present and past members: writes of past members are still in circulation. */
  readonly #names: Set<string>;
  #peers: readonly Peer[];

  /**
   * @param configured the peers that the configuration lists
   * @param transportTo creates the transport to a peer that joins
   */
  constructor(
    self: string,
    configured: readonly PeerEndpoint[],
    storage: Pick<Storage, 'versions' | 'clock'>,
    transportTo: (peer: Peer) => Transport,
  ) {
    this.#self = self;
    this.#configured = configured.map(({ peer }) => peer);
    this.#storage = storage;
    this.#transportTo = transportTo;
    this.#endpoints = new Map(configured.map((endpoint) => [endpoint.peer.id, endpoint]));
    this.#names = new Set([self, ...this.#configured.map(({ id }) => id)]);
    this.#peers = this.#configured;
  }

  /** The other members of the cluster. */
  get peers(): readonly Peer[] {
    return this.#peers;
  }

  /** The number of members, this node included. */
  get size(): number {
    return 1 + this.#peers.length;
  }

  /** The names of all nodes that were removed from the cluster. */
  get removed(): string[] {
    const records = this.#records;
    return Object.keys(records).filter((name) => isRemoved(records, name));
  }

  /** Reports whether an id in a clock belongs to a present or past member. */
  knows(id: NodeId): boolean {
    return this.#names.has(nameOf(id));
  }

  isRemoved(name: string): boolean {
    return isRemoved(this.#records, name);
  }

  /**
   * Learns the names of members from a clock. A node that left the configuration without being removed is known
   * only from its writes.
   */
  learnNames(clock: VectorClock): void {
    for (const id of Object.keys(clock)) this.#names.add(nameOf(id));
  }

  /** Reads the stored membership records again. */
  refresh(): void {
    const records = this.#records;
    this.learnNames(this.#storage.clock);
    for (const id of Object.keys(records)) this.#names.add(id);
    this.#peers = currentPeers(this.#self, this.#configured, records);
  }

  /** Returns the current peers with their transports. */
  endpoints(): PeerEndpoint[] {
    return this.#peers.map((peer) => this.endpointOf(peer));
  }

  /** Returns a peer with its transport, which is created on first use. */
  endpointOf(peer: Peer): PeerEndpoint {
    const existing = this.#endpoints.get(peer.id);
    if (existing !== undefined && (existing.peer.url === peer.url || this.#isConfigured(peer.id))) {
      return existing;
    }
    const created = { peer, transport: this.#transportTo(peer) };
    this.#endpoints.set(peer.id, created);
    return created;
  }

  /** Returns the records after adding a member; undefined if it is a member at that URL already. */
  recordsWith(member: Peer): MemberRecords | undefined {
    if (this.#peers.some(({ id, url }) => id === member.id && url === member.url)) return undefined;
    const records = this.#records;
    // Records the other members too: the new node must find all of them, whichever node it asked.
    const unrecorded = this.#peers.filter(({ id }) => id !== member.id && !Object.hasOwn(records, id));
    return [...unrecorded, member].reduce(withMember, records);
  }

  /** Returns the records after removing a member. */
  recordsWithout(member: Peer): MemberRecords {
    return withoutMember(this.#records, member);
  }

  get #records(): MemberRecords {
    return readRecords(this.#storage.versions(MEMBERS_KEY));
  }

  #isConfigured(id: string): boolean {
    return this.#configured.some((peer) => peer.id === id);
  }
}
