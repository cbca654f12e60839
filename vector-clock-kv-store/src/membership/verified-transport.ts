import type { LifeId } from '../causality/lineage.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  type Transport,
  WrongPeerError,
} from '../replication/transport.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import type { ClaimAnswer } from './claim.ts';

/** Checks that the process at a peer's address is that peer. */
export class VerifiedTransport implements Transport {
  readonly #inner: Transport;
  readonly #peer: Peer;
  readonly #ownLife: LifeId;
  readonly #onChecked: (problem: string | undefined) => void;
  readonly #onMissing: () => void;

  /**
   * @param onChecked called with every heartbeat: with the reason if it came from another node
   * @param onMissing called when the peer does not answer there
   */
  constructor(
    inner: Transport,
    peer: Peer,
    ownLife: LifeId,
    onChecked: (problem: string | undefined) => void,
    onMissing: () => void,
  ) {
    this.#inner = inner;
    this.#peer = peer;
    this.#ownLife = ownLife;
    this.#onChecked = onChecked;
    this.#onMissing = onMissing;
  }

  replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    return this.#inner.replicate(writes, to);
  }

  async heartbeat(): Promise<Heartbeat> {
    try {
      const heartbeat = await this.#inner.heartbeat();
      const problem = this.#problemOf(heartbeat);
      this.#onChecked(problem);
      if (problem !== undefined) throw new WrongPeerError(problem);
      return heartbeat;
    } catch (error) {
      this.#onMissing();
      throw error;
    }
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
    if (life === this.#ownLife) return `${url}, the address of ${id}, leads back to this node`;
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
