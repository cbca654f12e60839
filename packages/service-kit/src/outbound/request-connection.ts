import http, { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AddressGuard } from './address-guard.ts';
import { CONNECT_TIMEOUT } from './open-connection.ts';

/** axios sends a request through this function instead of Node.js's own. */
type Transport = {
  request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
};

/**
 * The connection of one request. Limits the time for establishing it, DNS and TLS included.
 *
 * Without this limit, a host that is switched off looks like one that is slow to respond; but only the slow one
 * may have acted on the request.
 */
export class RequestConnection {
  readonly transport: Transport;
  #socket: Socket | undefined;
  #established = false;

  /**
   * @param timeoutMs milliseconds
   * @param guard judges a host that is an address; those that names resolve to are judged by its `lookup`
   */
  constructor(timeoutMs: number, guard?: AddressGuard) {
    this.transport = {
      request: (options, onResponse) => {
        guard?.check(options.hostname ?? options.host ?? '');
        const request = (options.protocol === 'https:' ? https : http).request(options, onResponse);
        return request.once('socket', (socket) => this.#observe(request, socket, timeoutMs));
      },
    };
  }

  /** Whether there was a connection. Without one, the server cannot have received any of the request. */
  get established(): boolean {
    return this.#established;
  }

  /** Closes the agent's idle connections to the request's origin, so that the next request opens a new one. */
  dropIdle(agent: Agent): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (const [origin, inUse] of Object.entries(agent.sockets)) {
      if (!inUse?.includes(socket)) continue;
      for (const idle of agent.freeSockets[origin] ?? []) idle.destroy();
    }
  }

  #observe(request: ClientRequest, socket: Socket, timeoutMs: number): void {
    this.#socket = socket;
    if (!socket.connecting) {
      this.#established = true;
      return;
    }
    const abort = () => {
      if (this.#established) return;
      const reason = `no connection within ${timeoutMs} ms`;
      request.destroy(Object.assign(new Error(reason), { code: CONNECT_TIMEOUT }));
    };
    // One turn later: if this process was blocked, the connection may be established by now.
    const timer = setTimeout(() => setImmediate(abort), timeoutMs);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      this.#established = true;
      clearTimeout(timer);
    });
    socket.once('close', () => clearTimeout(timer));
  }
}
