import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import { merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { PeerEndpoint, Transport } from '../replication/transport.ts';
import { MEMBERS_KEY, type Storage } from '../storage/storage.ts';
import {
  currentPeers,
  forgettable,
  formerPeers,
  isRemoved,
  type MemberRecords,
  needsOf,
  readRecords,
  revisionOf,
  withForgotten,
  withMember,
  withoutMember,
  withStatedMember,
} from './member-records.ts';

/** The members of the cluster, as far as this node knows, and the transports that reach them. */
export class MemberDirectory {
  readonly #self: string;
  readonly #configured: readonly Peer[];
  readonly #storage: Pick<Storage, 'versions' | 'clock'>;
  readonly #transportTo: (peer: Peer) => Transport;
  /** The URLs that nodes have given at their start, which may not be recorded yet. */
  readonly #addresses = new Map<string, { url: string; revision: number }>();
  readonly #endpoints: Map<string, PeerEndpoint>;
  /** Nodes of the cluster that this one has turned out to belong to. */
  readonly #introduced = new Map<string, Peer>();
  /** The names of all present and past members: writes of past members are still in circulation. */
  readonly #names: Set<string>;
  #peers: readonly Peer[];
  #removed: readonly string[];

  /**
   * @param configured the peers that the configuration lists
   * @param transportTo creates the transport to a peer that joins or moves
   * @param verify wraps a transport, so that it accepts nobody but the peer
   */
  constructor(
    self: string,
    configured: readonly PeerEndpoint[],
    storage: Pick<Storage, 'versions' | 'clock'>,
    transportTo: (peer: Peer) => Transport,
    verify: (peer: Peer, transport: Transport) => Transport = (_peer, transport) => transport,
  ) {
    this.#self = self;
    this.#configured = configured.map(({ peer }) => peer);
    this.#storage = storage;
    this.#transportTo = (peer) => verify(peer, transportTo(peer));
    this.#endpoints = new Map(
      configured.map(({ peer, transport }) => [peer.id, { peer, transport: verify(peer, transport) }]),
    );
    this.#names = new Set([self, ...this.#configured.map(({ id }) => id)]);
    this.#peers = this.#configured;
    this.#removed = this.#removedNow;
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
  get removed(): readonly string[] {
    return this.#removed;
  }

  /** Returns the clock that a node's data must include, because deletions up to there are forgotten. */
  needsOf(name: string): VectorClock | undefined {
    return needsOf(this.#records, name);
  }

  /** Returns the clock up to which deletions may be forgotten although removed nodes may return. */
  get forgettable(): VectorClock {
    return forgettable(this.#records);
  }

  /** The clock of the last changes to the membership records. */
  get recordsClock(): VectorClock {
    return this.#storage.versions(MEMBERS_KEY).reduce((all, { vc }) => merge(all, vc), zeroClock);
  }

  /** Returns the records after letting the deletions up to a clock be forgotten. */
  recordsWithForgotten(clock: VectorClock): MemberRecords {
    return withForgotten(this.#records, clock);
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
    for (const [id, { revision }] of this.#addresses) {
      // The record has been made, or a later statement replaces it.
      if (revisionOf(records, id) > revision) this.#addresses.delete(id);
    }
    // Both at once: a node that is admitted again must not be neither of them in between.
    this.#peers = currentPeers(this.#self, this.#known, records, this.#addresses);
    this.#removed = this.#removedNow;
  }

  /**
   * Returns the address of a present or past member, and the configured one if that differs; empty if it never was a
   * member.
   */
  addressesOf(name: string): Peer[] {
    const current = [...this.#peers, ...this.#former].find(({ id }) => id === name);
    if (current === undefined) return [];
    const configured = this.#configured.filter(({ id, url }) => id === name && url !== current.url);
    return [current, ...configured];
  }

  /** Returns the current peers with their transports. */
  endpoints(): PeerEndpoint[] {
    return this.#peers.map((peer) => this.endpointOf(peer));
  }

  /** Returns the nodes whose data may replace this node's: the members, or the removed nodes if there are no others. */
  endpointsToCopy(): PeerEndpoint[] {
    return this.#peers.length > 0 ? this.endpoints() : this.formerEndpoints();
  }

  /** Returns the nodes that were removed from the cluster with their transports. They may be gone. */
  formerEndpoints(): PeerEndpoint[] {
    return this.#former.map((peer) => this.endpointOf(peer));
  }

  /** Returns a peer with its transport, which is created on first use, and again when the URL changes. */
  endpointOf(peer: Peer): PeerEndpoint {
    const existing = this.#endpoints.get(peer.id);
    if (existing?.peer.url === peer.url) return existing;
    const created = { peer, transport: this.#transportTo(peer) };
    this.#endpoints.set(peer.id, created);
    return created;
  }

  /** Returns the records after adding a member; undefined if it is a member at that URL already. */
  recordsWith(member: Peer): MemberRecords | undefined {
    if (this.#peers.some(({ id, url }) => id === member.id && url === member.url)) return undefined;
    return this.#recordsWithStated(member);
  }

  /** Adds a node that is not listed, until the membership records of its cluster are here. */
  introduce(peer: Peer): void {
    this.#introduced.set(peer.id, peer);
    this.refresh();
  }

  /** Uses an address that a node has given and that was found to lead to it. Returns whether it is new. */
  learnAddress({ id, url }: Peer): boolean {
    const listed = this.#peers.find((peer) => peer.id === id);
    if (listed === undefined || listed.url === url) return false;
    this.#addresses.set(id, { url, revision: revisionOf(this.#records, id) });
    this.refresh();
    return true;
  }

  /** Returns the records with the addresses that are not recorded yet; undefined if there are none. */
  recordsWithAddresses(): MemberRecords | undefined {
    if (this.#addresses.size === 0) return undefined;
    const members = [...this.#addresses].map(([id, { url }]) => ({ id, url }));
    return members.reduce(withStatedMember, this.#records);
  }

  #recordsWithStated(member: Peer): MemberRecords {
    const records = this.#records;
    // Records the other members too: the new node must find all of them, whichever node it asked.
    const unrecorded = this.#peers.filter(({ id }) => id !== member.id && !Object.hasOwn(records, id));
    return withStatedMember(unrecorded.reduce(withMember, records), member);
  }

  /** Returns the records after removing a member. */
  recordsWithout(member: Peer): MemberRecords {
    return withoutMember(this.#records, member);
  }

  get #known(): readonly Peer[] {
    const added = [...this.#introduced.values()].filter(
      ({ id }) => id !== this.#self && this.#configured.every((peer) => peer.id !== id),
    );
    return [...this.#configured, ...added];
  }

  get #former(): Peer[] {
    return formerPeers(this.#self, this.#records);
  }

  get #removedNow(): string[] {
    const records = this.#records;
    return Object.keys(records).filter((name) => isRemoved(records, name));
  }

  get #records(): MemberRecords {
    return readRecords(this.#storage.versions(MEMBERS_KEY));
  }
}
