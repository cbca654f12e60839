import type { LifeId } from '../causality/lineage.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  IncompatiblePeerError,
  type Transport,
  WrongPeerError,
} from '../replication/transport.ts';
import type { WireFormats } from '../replication/wire-formats.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import type { ClaimAnswer } from './claim.ts';

export type VerifiedTransportOptions = {
  ownLife: LifeId;
  /** Called with every heartbeat: with the reason if it came from another node. */
  onChecked: (problem: string | undefined) => void;
  /** Called when the peer does not answer there. */
  onMissing: () => void;
  /** Returns why no message can be exchanged with a peer that states these versions; undefined if it can. */
  agree: (stated: WireFormats | undefined) => string | undefined;
};

/** Checks that the process at a peer's address is that peer, and that both can read each other's messages. */
export class VerifiedTransport implements Transport {
  readonly #inner: Transport;
  readonly #peer: Peer;
  readonly #options: VerifiedTransportOptions;

  constructor(inner: Transport, peer: Peer, options: VerifiedTransportOptions) {
    this.#inner = inner;
    this.#peer = peer;
    this.#options = options;
  }

  replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    return this.#inner.replicate(writes, to);
  }

  async heartbeat(): Promise<Heartbeat> {
    const { agree, onChecked, onMissing } = this.#options;
    let heartbeat: Heartbeat;
    try {
      heartbeat = await this.#inner.heartbeat();
      const problem = this.#problemOf(heartbeat);
      onChecked(problem);
      if (problem !== undefined) throw new WrongPeerError(problem);
    } catch (error) {
      onMissing();
      throw error;
    }
    const refusal = agree(heartbeat.wire);
    if (refusal !== undefined) throw new IncompatiblePeerError(refusal);
    return heartbeat;
  }

  join(member: Peer): Promise<void> {
    return this.#inner.join(member);
  }

  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#inner.claim(request);
  }

  snapshot(cursor: string | undefined): Promise<SnapshotPage> {
    return this.#inner.snapshot(cursor);
  }

  #problemOf({ conflicts, life, name, status }: Heartbeat): string | undefined {
    const { id, url } = this.#peer;
    if (life === this.#options.ownLife) return `${url}, the address of ${id}, leads back to this node`;
    if (name !== undefined && name !== id) return `${url}, the address of ${id}, is answered by ${name}`;
    return status === 'conflict' ? conflictOf(this.#peer, conflicts) : undefined;
  }
}

/** Says why a node does not serve that reports a conflict about its own identity. */
function conflictOf({ id, url }: Peer, conflicts: Heartbeat['conflicts'] = []): string {
  if (conflicts.some(({ kind }) => kind === 'name')) return `${url} is a second process that is named ${id}`;
  const own = conflicts.find(({ kind }) => kind === 'identity');
  if (own !== undefined) return `${id} at ${url} is taking a new id: ${own.message}`;
  return `${id} at ${url} reports a conflict about its name or its numbering`;
}
