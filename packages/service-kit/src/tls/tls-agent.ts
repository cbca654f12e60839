import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { PeerTls } from './service-tls.ts';
import { verifyPeer } from './verify-peer.ts';

/**
 * Opens connections with this process's present certificates, and verifies the peer's name and role.
 *
 * After a change, requests that run keep their connection, and no further request uses it.
 */
export class TlsAgent extends Agent {
  readonly #peer: PeerTls;
  readonly #generations = new WeakMap<Duplex, number>();
  #current: number;

  constructor(options: AgentOptions, peer: PeerTls) {
    // A resumed session would skip the verification.
    super({ ...options, maxCachedSessions: 0 });
    this.#peer = peer;
    this.#current = peer.tls.generation;
  }

  /** Closes idle connections from before a change. To be called before a request. */
  refresh(): void {
    const { generation } = this.#peer.tls;
    if (generation === this.#current) return;
    this.#current = generation;
    for (const idle of Object.values(this.freeSockets).flatMap((sockets) => sockets ?? [])) idle.destroy();
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { tls } = this.#peer;
    const secured = {
      ...options,
      secureContext: tls.clientContext,
      checkServerIdentity: (host: string, certificate: PeerCertificate) =>
        verifyPeer(this.#peer, host, certificate),
    };
    const socket = super.createConnection(secured, callback);
    if (socket) this.#generations.set(socket, tls.generation);
    return socket;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#generations.get(socket) !== this.#peer.tls.generation) return false;
    // Its type says void, but it returns whether to keep the connection.
    const kept: unknown = super.keepSocketAlive(socket);
    return kept !== false;
  }
}
