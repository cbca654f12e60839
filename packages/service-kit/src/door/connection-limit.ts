import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

export type ConnectionLimitOptions = {
  /** Connections of clients. */
  connections: number;
  /** Further connections, for one request each: a probe's always finds one. */
  reserve: number;
  /** How long a connection of the reserve may take to send its request, in milliseconds. */
  reserveMs: number;
};

/**
 * Limits the connections of a server, and keeps it reachable at the limit.
 *
 * A new connection beyond the limit takes the place of the one that has been idle for longest, as in nginx. Where none
 * is idle, it belongs to the reserve: it is closed after one request, or if that does not come at once. In a full
 * reserve, it takes the place of the oldest one that has not sent its request.
 */
export class ConnectionLimit {
  readonly #options: ConnectionLimitOptions;
  readonly #open = new Set<Socket>();
  /** Those without a request in progress, the longest idle first. */
  readonly #idle = new Set<Socket>();
  readonly #reserve = new Set<Socket>();

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
  }

  /** Applies the limit to a server. */
  watch(server: Server): void {
    const connected = server instanceof TlsServer ? 'secureConnection' : 'connection';
    server.on(connected, (socket: Socket) => this.#opened(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.#idle.delete(socket);
      if (this.#reserve.has(socket)) response.setHeader('Connection', 'close');
      // Not `once`, which wraps the listener: a response finishes once.
      response.on('finish', () => {
        if (this.#open.has(socket)) this.#idle.add(socket);
      });
    });
  }

  #opened(socket: Socket): void {
    const { connections } = this.#options;
    if (this.#open.size >= connections && !this.#closeIdle()) {
      this.#reserveFor(socket);
      return;
    }
    this.#open.add(socket);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#idle.delete(socket);
    });
  }

  #closeIdle(): boolean {
    const [idle] = this.#idle;
    if (idle === undefined) return false;
    this.#open.delete(idle);
    this.#idle.delete(idle);
    idle.destroy();
    return true;
  }

  #reserveFor(socket: Socket): void {
    const { reserve, reserveMs } = this.#options;
    if (this.#reserve.size >= reserve) {
      const [oldest] = this.#reserve;
      oldest?.destroy();
      if (oldest !== undefined) this.#reserve.delete(oldest);
    }
    this.#reserve.add(socket);
    const timer = setTimeout(() => socket.destroy(), reserveMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.#reserve.delete(socket);
    });
  }
}
