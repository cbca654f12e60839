import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Transport } from '../replication/transport.ts';
import { MEMBERS_KEY } from '../storage/reserved-keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { PeerLink } from './catch-up.ts';
import {
  currentPeers,
  isRemoved,
  type MemberRecords,
  readRecords,
  withMember,
  withoutMember,
} from './members.ts';

/** Who is in the cluster as far as this node knows, and the ways to them. */
export class MemberDirectory {
  readonly #self: string;
  readonly #configured: readonly Peer[];
  readonly #storage: Pick<Storage, 'versions' | 'clock'>;
  readonly #transportTo: (peer: Peer) => Transport;
  readonly #ways: Map<string, PeerLink>;
  /** Everyone who is or was in the cluster: their writes are still about. */
  readonly #names: Set<string>;
  #peers: readonly Peer[];

  /**
   * @param configured the peers that the configuration lists, with the ways to them
   * @param transportTo makes the way to a peer that joins
   */
  constructor(
    self: string,
    configured: readonly PeerLink[],
    storage: Pick<Storage, 'versions' | 'clock'>,
    transportTo: (peer: Peer) => Transport,
  ) {
    this.#self = self;
    this.#configured = configured.map(({ peer }) => peer);
    this.#storage = storage;
    this.#transportTo = transportTo;
    this.#ways = new Map(configured.map((link) => [link.peer.id, link]));
    this.#names = new Set([self, ...this.#configured.map(({ id }) => id)]);
    this.#peers = this.#configured;
  }

  /** The other nodes that are in the cluster. */
  get peers(): readonly Peer[] {
    return this.#peers;
  }

  /** The names of all nodes that were taken out of the cluster. */
  get removed(): string[] {
    const records = this.#records;
    return Object.keys(records).filter((name) => isRemoved(records, name));
  }

  /** Whether a name in a clock belongs to a node that is or was in the cluster. */
  knows(id: NodeId): boolean {
    return this.#names.has(nameOf(id));
  }

  isRemoved(name: string): boolean {
    return isRemoved(this.#records, name);
  }

  /**
   * Takes in whose writes a node of the cluster has: one that the configuration no longer lists, and that nobody
   * removed, has left its writes behind.
   */
  learn(clock: VectorClock): void {
    for (const id of Object.keys(clock)) this.#names.add(nameOf(id));
  }

  /** Reads the stored records anew. */
  refresh(): void {
    const records = this.#records;
    this.learn(this.#storage.clock);
    for (const id of Object.keys(records)) this.#names.add(id);
    this.#peers = currentPeers(this.#self, this.#configured, records);
  }

  /** The ways to all current peers. */
  links(): PeerLink[] {
    return this.#peers.map((peer) => this.linkTo(peer));
  }

  /** The way to a peer, made when it is first needed. */
  linkTo(peer: Peer): PeerLink {
    const link = this.#ways.get(peer.id);
    if (link !== undefined && (link.peer.url === peer.url || this.#isConfigured(peer.id))) return link;
    const made = { peer, transport: this.#transportTo(peer) };
    this.#ways.set(peer.id, made);
    return made;
  }

  /** The records with a node in the cluster; undefined when it is already, at that address. */
  recordsWith(member: Peer): MemberRecords | undefined {
    if (this.#peers.some(({ id, url }) => id === member.id && url === member.url)) return undefined;
    const records = this.#records;
    // The others are recorded beside it: the new node has to find them all, whoever it asked.
    const unrecorded = this.#peers.filter(({ id }) => id !== member.id && !Object.hasOwn(records, id));
    return [...unrecorded, member].reduce(withMember, records);
  }

  /** The records with a node taken out of the cluster. */
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
