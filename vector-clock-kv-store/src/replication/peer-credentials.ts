import { randomBytes } from 'node:crypto';
import { digestOf, isMacWith, macWith, type Token } from '@gridclock/service-kit';
import type { LifeId } from '../causality/lineage.ts';
import type { Peer } from '../causality/peer.ts';
import { formatSignature, proofText, requestText } from '../messages/peer-authentication.ts';
import { WrongPeerError } from './transport.ts';

export type PeerCredentialsOptions = {
  token: Token;
  peer: Peer;
  /** Whether PEERS names the peer at this address. Others must prove themselves. */
  isConfigured: boolean;
  /** The configured name and the life of this node. */
  self: { name: string; life: LifeId };
  /** Returns a larger number with every call, for all peers. */
  nextSequence: () => number;
  /** The names of nodes that have sent the token itself, because they know no proofs. */
  tokenSenders: Set<string>;
};

/** A heartbeat as it was received. */
export type ReceivedHeartbeat = {
  name: string | undefined;
  life: LifeId | undefined;
  proof: string | undefined;
  text: string;
};

/**
 * What this node sends to one peer to be accepted by it: signatures once the peer has proved that it knows the cluster
 * token, and the token itself only to a configured peer that knows no proofs.
 */
export class PeerCredentials {
  readonly #options: PeerCredentialsOptions;
  readonly #host: string;
  #receiver: { name: string; life: LifeId } | undefined;
  /** A peer that has proved itself is not believed without a proof again, unless it has sent the token since. */
  #hasProved = false;
  #knowsNoProofs = false;

  constructor(options: PeerCredentialsOptions) {
    this.#options = options;
    this.#host = new URL(options.peer.url).host;
  }

  /** Whether it is decided what to send. Before, a heartbeat must be requested. */
  get isDecided(): boolean {
    return this.#receiver !== undefined || this.#knowsNoProofs;
  }

  /** Whether the peer may get the token itself. */
  get mayGetToken(): boolean {
    const { isConfigured, peer, tokenSenders } = this.#options;
    return isConfigured && (!this.#hasProved || tokenSenders.has(peer.id));
  }

  /**
   * Considers a heartbeat, or the response of a peer that has none.
   *
   * @throws WrongPeerError if the peer has to prove itself and did not
   */
  heard(challenge: string, { life, name, proof, text }: ReceivedHeartbeat): void {
    const { peer, token, tokenSenders } = this.#options;
    if (proof === undefined && this.mayGetToken) {
      this.#receiver = undefined;
      this.#knowsNoProofs = true;
      return;
    }
    this.#receiver = undefined;
    this.#knowsNoProofs = false;
    if (proof === undefined || name === undefined || life === undefined)
      throw new WrongPeerError(
        `${peer.url}, the address of ${peer.id}, does not prove that it knows the cluster token`,
      );
    const proved = proofText({ challenge, host: this.#host, name, life, digest: digestOf(text) });
    if (!isMacWith(token, proved, proof))
      throw new WrongPeerError(`${peer.url}, the address of ${peer.id}, has another cluster token`);
    // Another node that answers there is reported where the heartbeat is compared.
    if (name !== peer.id) return;
    this.#hasProved = true;
    tokenSenders.delete(name);
    this.#receiver = { name, life };
  }

  /** Returns the `Authorization` header of a request. @param path with the query */
  authorization(method: string, path: string, body: string): string {
    return this.signature(method, path, body) ?? this.bearer();
  }

  /** The same, undefined for a peer that has not proved itself. */
  signature(method: string, path: string, body: string): string | undefined {
    const { nextSequence, self, token } = this.#options;
    if (this.#receiver === undefined) return undefined;
    const signature = {
      sender: self.name,
      life: self.life,
      sequence: nextSequence(),
      digest: digestOf(body),
    };
    const text = requestText({ ...signature, method, path, receiver: this.#receiver });
    return formatSignature(signature, macWith(token, text));
  }

  /** Forgets the proof, because the peer may have restarted since. Returns whether there was one. */
  forgetProof(): boolean {
    const had = this.#receiver !== undefined;
    this.#receiver = undefined;
    return had;
  }

  /** Returns the header with the token itself. @throws WrongPeerError if the peer may not get it */
  bearer(): string {
    const { peer, token } = this.#options;
    if (!this.mayGetToken)
      throw new WrongPeerError(`${peer.url}, the address of ${peer.id}, may not get the token`);
    return `Bearer ${token.sent}`;
  }
}

/** Returns a challenge that no proof was given for before. */
export function newChallenge(): string {
  return randomBytes(16).toString('base64url');
}
