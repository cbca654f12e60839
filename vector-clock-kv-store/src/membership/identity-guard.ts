import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { drawLife, type LifeId } from '../causality/lineage.ts';
import { nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  type Transport,
  WrongPeerError,
} from '../replication/transport.ts';
import { WIRE_FORMATS, type WireFormats } from '../replication/wire-formats.ts';
import type { Storage } from '../storage/storage.ts';
import { answerClaim } from './answer-claim.ts';
import type { ClaimAnswer } from './claim.ts';
import { ClaimRegistry } from './claim-registry.ts';
import { type ConflictKind, ConflictLog } from './conflict-log.ts';
import { outdatedAmong } from './forgotten-deletions.ts';
import { IdentityWatch } from './identity-watch.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { Membership } from './membership.ts';
import { type Evidence, OwnIdentity } from './own-identity.ts';
import { PeerFinder } from './peer-finder.ts';
import { VerifiedTransport } from './verified-transport.ts';
import { WireAgreements } from './wire-agreements.ts';

export type IdentityGuardOptions = {
  /** The node's configured name. */
  name: string;
  advertisedUrl?: string | undefined;
  /** Identifies this run of the process. Drawn at random if absent. */
  life?: LifeId;
  storage: Storage;
  scheduler: Scheduler;
  random: () => number;
  logger: Logger;
  /** Which messages this node reads and writes; those of this release by default. */
  wire?: WireFormats | undefined;
  transportTo: (peer: Peer) => Transport;
  /** Requests a heartbeat at an address that may not be a peer's. */
  heartbeatAt?: (peer: Peer) => Promise<Heartbeat>;
  /** Called once for every conflict about an identity. */
  onConflict?: (kind: ConflictKind) => void;
  onFailure: (error: unknown) => void;
  directory: () => MemberDirectory;
  membership: () => Membership;
  heardOf: () => VectorClock;
  isServing: () => boolean;
  /** The number of this node's last write; undefined while it decides on its id. */
  ownCounter: () => number | undefined;
  /** Called with evidence that this node's numbering is not its own. */
  onEvidence: (evidence: Evidence) => void;
};

/** Guards the identities of this node and its peers: nobody's writes may be taken for another's. */
export class IdentityGuard {
  readonly own: OwnIdentity;
  readonly registry: ClaimRegistry;
  readonly conflicts: ConflictLog;
  readonly wire: WireAgreements;
  readonly #options: IdentityGuardOptions;
  readonly #watch: IdentityWatch;
  readonly #heartbeatAt: (peer: Peer) => Promise<Heartbeat>;
  readonly #finder: PeerFinder;

  constructor(options: IdentityGuardOptions) {
    const { advertisedUrl, heardOf, life, logger, name, onConflict = () => {}, random, storage } = options;
    this.#options = options;
    this.own = new OwnIdentity(name, life ?? drawLife(random));
    this.registry = new ClaimRegistry(storage);
    this.wire = new WireAgreements(options.wire ?? WIRE_FORMATS, logger);
    this.conflicts = new ConflictLog(logger, onConflict);
    this.#heartbeatAt = options.heartbeatAt ?? ((peer) => options.transportTo(peer).heartbeat());
    this.#finder = new PeerFinder({
      scheduler: options.scheduler,
      ownLife: this.own.life,
      addressesOf: (name) => options.directory().addressesOf(name),
      heartbeatAt: this.#heartbeatAt,
      onFound: (peer) => options.membership().follow(peer),
    });
    this.#watch = new IdentityWatch({
      name,
      advertisedUrl,
      identity: this.own,
      registry: this.registry,
      conflicts: this.conflicts,
      heardOf,
      storage,
      ownCounter: options.ownCounter,
      onEvidence: options.onEvidence,
      announce: (peer) => this.#announceTo(peer),
      onFailure: options.onFailure,
    });
  }

  /** Wraps a transport, so that it accepts nobody but the peer. */
  verified(peer: Peer, transport: Transport): Transport {
    const conflict = { kind: 'peer', subject: peer.id } as const;
    const onChecked = (problem: string | undefined) => {
      // Another node may have the address of one that is gone.
      const former = this.#options.directory().isRemoved(peer.id);
      if (problem === undefined || former) this.conflicts.end(conflict);
      else this.conflicts.report({ ...conflict, message: problem });
    };
    return new VerifiedTransport(transport, peer, {
      ownLife: this.own.life,
      onChecked,
      onMissing: () => void this.#finder.lookFor(peer),
      agree: (stated) => this.wire.agree(peer.id, stated),
    });
  }

  /** Compares a peer's heartbeat with this node. @throws WrongPeerError if the peer's writes contradict those here */
  check(peer: string, heartbeat: Heartbeat): void {
    this.#watch.check(peer, heartbeat);
  }

  /** Reports whether a peer's data must not be taken, because it contradicts what is known of the peer. */
  isContradicted(peer: string, heartbeat: Heartbeat): boolean {
    return this.#watch.isContradicted(peer, heartbeat);
  }

  /** Answers another node's claim to its id. */
  answerClaim(request: ClaimRequest): Promise<ClaimAnswer> {
    const { directory, heardOf, membership, scheduler } = this.#options;
    return answerClaim(request, {
      registry: this.registry,
      scheduler,
      listed: directory().addressesOf(request.id),
      heartbeatAt: this.#heartbeatAt,
      heardOf,
      isServing: this.#options.isServing(),
      onVerified: (heartbeat, peer) => this.#onVerified(heartbeat, peer),
      onAddress: (peer) => membership().follow(peer),
    });
  }

  /**
   * Returns why one of the writes may not be one of the node that it names; undefined if nothing is known against them.
   *
   * @param from the id of the node that sent them, if it says so
   */
  objectionTo(writes: readonly Write[], from: string | undefined): string | undefined {
    const sender = from === undefined ? undefined : nameOf(from);
    const needs = sender === undefined ? undefined : this.#options.directory().needsOf(sender);
    if (outdatedAmong(writes, this.#options.storage, needs) !== undefined)
      return `${sender} sent writes that are older than deletions forgotten since its removal`;
    let [id, name] = ['', ''];
    for (const write of writes) {
      // Most have the same sender as the one before.
      if (write.sender !== id) [id, name] = [write.sender, nameOf(write.sender)];
      if (name === this.#options.name)
        this.#watch.compareEarlier(sender ?? 'a peer', { [id]: dotOf(write).counter });
      const objection = this.#watch.objectionTo(write, name, sender);
      if (objection !== undefined) return objection;
    }
    return undefined;
  }

  /** Reports a process that uses this node's name. @param by the member that has noticed it */
  reportTwin(by: string): void {
    const { name } = this.#options;
    const message = `${by} reports another process named ${name}; stop one of them or change its NODE_ID`;
    this.conflicts.report({ kind: 'name', subject: name, message });
  }

  /** Reports that the members know more of this node than its data does. */
  reportEarlierCopy(): void {
    const message =
      'the members know other writes of this node than its data directory, as after restoring an earlier copy';
    this.conflicts.report({ kind: 'identity', subject: this.#options.name, message });
  }

  /** Considers a heartbeat that a node asked this one to request. */
  #onVerified(heartbeat: Heartbeat, peer: Peer): void {
    const directory = this.#options.directory();
    const listed = directory.peers.some(({ id }) => id === peer.id);
    const decided = heartbeat.status === 'ok' || heartbeat.status === 'catching-up';
    if (listed && decided) {
      try {
        this.#watch.check(peer.id, heartbeat, false);
      } catch (error) {
        if (!(error instanceof WrongPeerError)) throw error;
      }
    } else {
      const isEvidence = this.#watch.compareOwn(heartbeat);
      const isMember = !listed && decided && this.#watch.isUnlistedMember(peer.id, heartbeat);
      if (!listed && (isEvidence || isMember)) this.#options.membership().introduce(peer);
    }
  }

  #announceTo(peer: string): void {
    const { advertisedUrl, directory, name } = this.#options;
    const endpoint = directory()
      .endpoints()
      .find((candidate) => candidate.peer.id === peer);
    const request = { id: name, life: this.own.life, url: advertisedUrl, confirm: true };
    // It is repeated with the next heartbeat while the peer's knowledge differs.
    endpoint?.transport.claim(request).catch(() => {});
  }
}
