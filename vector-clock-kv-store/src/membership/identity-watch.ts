import { continues } from '../causality/lineage.ts';
import { nameOf } from '../causality/node-id.ts';
import { counterOf, descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { type Heartbeat, WrongPeerError } from '../replication/transport.ts';
import type { Storage } from '../storage/storage.ts';
import type { ClaimRegistry } from './claim-registry.ts';
import type { ConflictLog } from './conflict-log.ts';
import { isOutdated, outdatedReason } from './forgotten-deletions.ts';
import { contradicts, type Evidence, type OwnIdentity } from './own-identity.ts';

export type IdentityWatchOptions = {
  name: string;
  advertisedUrl: string | undefined;
  identity: OwnIdentity;
  registry: ClaimRegistry;
  conflicts: ConflictLog;
  heardOf: () => VectorClock;
  storage: Pick<Storage, 'clock' | 'identity' | 'retired'>;
  /** The number of this node's last write; undefined while it decides on its id. */
  ownCounter: () => number | undefined;
  /** Called with evidence that this node's numbering is not its own. */
  onEvidence: (evidence: Evidence) => void;
  /** Asks a peer to call this node. */
  announce: (peer: string) => void;
  onFailure: (error: unknown) => void;
};

/** Compares every heartbeat and every write with what is known of the lives behind them. */
export class IdentityWatch {
  readonly #options: IdentityWatchOptions;
  /** The own writes that the data here lacked and that peers have. */
  #lost: VectorClock = zeroClock;

  constructor(options: IdentityWatchOptions) {
    this.#options = options;
  }

  /**
   * Compares a peer's heartbeat with this node and with what is recorded of the peer.
   *
   * @param mayAnnounce whether to ask the peer to call this node; not if the peer has asked for this comparison
   * @throws WrongPeerError if the peer's writes contradict those that are known here, or did until a moment ago
   */
  check(peer: string, heartbeat: Heartbeat, mayAnnounce = true): void {
    const { advertisedUrl, identity, name } = this.#options;
    if (heartbeat.replacing) throw new WrongPeerError(`${peer} is replacing its data`);
    const announce = mayAnnounce ? this.#options.announce : () => {};
    this.compareOwn(heartbeat);
    this.compareEarlier(peer, heartbeat.heardOf);
    this.#comparePeer(peer, heartbeat, announce);
    const listed = heartbeat.peers?.find(({ id }) => id === name);
    if (listed !== undefined) this.#compareAge(peer, heartbeat);
    const moved = advertisedUrl !== undefined && listed !== undefined && listed.url !== advertisedUrl;
    if (moved || identity.isNewTo(heartbeat)) announce(peer);
  }

  /** Looks for evidence, in a peer's heartbeat, that this node's numbering is not its own. */
  compareOwn(heartbeat: Heartbeat): boolean {
    const { identity, onEvidence, ownCounter, storage } = this.#options;
    const counter = ownCounter();
    const evidence =
      counter === undefined ? undefined : identity.evidenceIn(heartbeat, counter, storage.clock);
    if (evidence !== undefined) onEvidence(evidence);
    return evidence !== undefined;
  }

  /**
   * Reports whether an unlisted node is a member all the same: it lists this one and has its writes. Data that is an
   * earlier copy does not name the members that have joined since.
   */
  isUnlistedMember(peer: string, heartbeat: Heartbeat): boolean {
    const { name } = this.#options;
    this.compareEarlier(peer, heartbeat.heardOf);
    const listsThisNode = heartbeat.peers?.some(({ id }) => id === name) ?? false;
    return listsThisNode && Object.keys(heartbeat.clock).some((id) => nameOf(id) === name);
  }

  /** Reports own writes that a peer has heard of and the data here lacks, until they have arrived. */
  compareEarlier(peer: string, heardOf: VectorClock): void {
    const { conflicts, identity, name, ownCounter, storage } = this.#options;
    // While it catches up, a node may lack anything; what it had when it started was compared then.
    if (ownCounter() === undefined || storage.identity?.caughtUp !== true) return;
    const lost = identity.lostWrite(heardOf, storage.clock);
    if (lost !== undefined) {
      const { counter, node } = lost;
      const message = `${peer} has write ${counter} of ${node}, but the last one here is ${counterOf(storage.clock, node)}, as after restoring an earlier copy`;
      this.#lost = merge(this.#lost, { [node]: counter });
      conflicts.report({ kind: 'identity', subject: name, message });
    } else if (this.#lost !== zeroClock && descends(storage.clock, this.#lost)) {
      this.#lost = zeroClock;
      conflicts.end(
        { kind: 'identity', subject: name },
        `received them, and writes as ${identity.id} instead`,
      );
    }
  }

  /** Finds out whether the data here is too old to be merged with that of the members. */
  #compareAge(peer: string, { clock, needs }: Heartbeat): void {
    const { identity, onEvidence, ownCounter, storage } = this.#options;
    // While it catches up, a node may lack anything; what it had when it started was compared then.
    if (ownCounter() === undefined || storage.identity?.caughtUp !== true) return;
    if (!isOutdated(storage, needs)) return;
    const { id } = identity;
    const disowned = { id, after: counterOf(storage.retired.expand(clock), id), outdated: true };
    onEvidence({ reason: outdatedReason(id, peer), disowned });
  }

  /**
   * Finds out why a write may not be one of the node that it names; undefined if nothing is known against it.
   *
   * @param name that node's name
   * @param from the name of the node that sent the message, if it says so
   */
  objectionTo(write: Write, name: string, from: string | undefined): string | undefined {
    const { conflicts, registry } = this.#options;
    const holder = registry.holderOf(write, name);
    if (holder === undefined || holder === write.life) return undefined;
    // Other implementations and earlier releases know no lives: neither of their own writes nor of those they pass on.
    const { node, counter } = dotOf(write);
    const isDelivered = counterOf(this.#options.storage.clock, node) >= counter;
    const passedOn = from !== undefined && registry.isWithoutLife(from);
    if (write.life === undefined && (isDelivered || passedOn || registry.isWithoutLife(name)))
      return undefined;
    const message =
      write.life === undefined
        ? `a write of ${write.sender} names no life, but that id is in use by life ${holder}; refused`
        : `a write came from life ${write.life}, which no longer holds ${write.sender}; refused`;
    conflicts.report({ kind: 'life', subject: name, message });
    return message;
  }

  /** Reports whether a peer's data must not be taken: it contradicts what is recorded of the peer. */
  isContradicted(peer: string, heartbeat: Heartbeat): boolean {
    const { heardOf, registry } = this.#options;
    const { lineage, replacing = false } = heartbeat;
    const record = registry.of(peer);
    if (replacing || lineage === undefined || record === undefined) return replacing;
    return !continues(lineage, record) && contradicts(heartbeat, record, heardOf());
  }

  #comparePeer(peer: string, heartbeat: Heartbeat, announce: (peer: string) => void): void {
    const { conflicts, onFailure, registry } = this.#options;
    const { life, lineage, status } = heartbeat;
    if (life === undefined || lineage === undefined) {
      registry.recordWithoutLife(peer);
      return;
    }
    if (this.isContradicted(peer, heartbeat)) {
      const last = registry.of(peer)?.at(-1)?.life;
      const message = `${peer} runs as life ${life}, which contradicts the writes of life ${last}`;
      conflicts.report({ kind: 'life', subject: peer, message });
      // It compares itself with this node when it is asked to call.
      announce(peer);
      throw new WrongPeerError(message);
    }
    conflicts.end({ kind: 'life', subject: peer });
    if (status === 'ok' || status === 'catching-up') registry.record(peer, lineage).catch(onFailure);
  }
}
