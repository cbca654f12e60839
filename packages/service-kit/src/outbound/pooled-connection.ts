import type { Socket } from 'node:net';
import { BadResponseError } from './http1/bad-response-error.ts';
import type { ResponseReader } from './http1/response-reader.ts';
import type { UsedConnection } from './no-response-error.ts';
import { type OpenConnectionOptions, openConnection } from './open-connection.ts';

/** 30 s: cloud NATs forget an idle connection after 4 minutes or more; polls keep busy ones open. */
const IDLE_TIMEOUT_MS = 30_000;

/** 2 s before the server closes an idle connection, the pool stops using it: a request could arrive too late. */
const CLOSED_EARLIER_MS = 2_000;

/** Receives the outcome of a request. */
export type ConnectionUser = {
  /** Called right before the request is written. */
  onSent: () => void;
  /** Called once `reader` has the response, unless the user has closed the connection. */
  onResponse: () => void;
  /** Called at most once, instead. */
  onError: (error: Error) => void;
};

/** A request to send, and what reads its response. */
export type ConnectionRequest = { text: string | Buffer; reader: ResponseReader; user: ConnectionUser };

/** One connection to an origin, for one request at a time. It is opened by its first request. */
export class PooledConnection {
  /** The version of this process's certificates that it was opened with. */
  readonly generation: number | undefined;
  readonly #url: URL;
  readonly #options: OpenConnectionOptions;
  readonly #onClosed: () => void;
  #socket: Socket | undefined;
  #establishedAt: number | undefined;
  #isReused = false;
  #isClosed = false;
  /** The request that waits for its response. */
  #current: ConnectionRequest | undefined;
  /** When it must not be used any more, unless it is used before. */
  #idleUntil = Number.POSITIVE_INFINITY;

  /** @param onClosed called once it cannot take a further request */
  constructor(origin: string, options: OpenConnectionOptions, onClosed: () => void) {
    this.generation = options.tls?.tls.generation;
    this.#url = new URL(origin);
    this.#options = options;
    this.#onClosed = onClosed;
  }

  /** Whether it can take a request without being opened. */
  get isOpen(): boolean {
    return this.#establishedAt !== undefined && !this.#isClosed && performance.now() < this.#idleUntil;
  }

  /** The connection as a request used it; undefined before it is established: no server has received anything. */
  get used(): UsedConnection | undefined {
    if (this.#establishedAt === undefined) return undefined;
    return { ageMs: performance.now() - this.#establishedAt, isReused: this.#isReused };
  }

  /** How long ago it was established, in milliseconds. */
  get ageMs(): number {
    return performance.now() - (this.#establishedAt ?? Number.POSITIVE_INFINITY);
  }

  /** The host and the port, as a request names them. */
  get host(): string {
    return this.#url.host;
  }

  /** Sends a request. The one before it must have ended. */
  send(request: ConnectionRequest): void {
    this.#current = request;
    this.#isReused = this.#establishedAt !== undefined;
    this.#idleUntil = Number.POSITIVE_INFINITY;
    if (this.#socket === undefined) {
      this.#open();
      return;
    }
    this.#socket.ref();
    this.#write(this.#socket, request);
  }

  /** Closes it at once, also if a request is waiting for its response. */
  close(): void {
    this.#fail(new Error('the connection was closed'));
  }

  #open(): void {
    try {
      const socket = openConnection(
        this.#url,
        { ...this.#options, onBytes: (bytes) => this.#read(bytes) },
        (error) => {
          if (error !== null) this.#fail(error);
          else {
            this.#establishedAt = performance.now();
            // Before, Node.js reports an error that says more: a TLS handshake was cut off.
            socket.once('end', () => this.#end());
            if (this.#current !== undefined) this.#write(socket, this.#current);
          }
        },
      );
      this.#socket = socket;
      socket.on('error', (error) => this.#fail(error));
      socket.once('close', () => this.#fail(connectionReset()));
    } catch (error) {
      // The address is not allowed.
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #write(socket: Socket, { text, user }: ConnectionRequest): void {
    user.onSent();
    socket.write(text);
  }

  #read(bytes: Buffer): void {
    if (this.#current === undefined) {
      // A response that nobody has asked for.
      this.close();
      return;
    }
    try {
      if (this.#current.reader.read(bytes)) this.#complete(this.#current);
    } catch (error) {
      if (!(error instanceof BadResponseError)) throw error;
      this.#fail(error);
    }
  }

  /** The server has closed its side: this completes a response without a length, and loses any other. */
  #end(): void {
    if (this.#current?.reader.end()) this.#complete(this.#current);
    this.#fail(connectionReset());
  }

  #complete({ reader, user }: ConnectionRequest): void {
    this.#current = undefined;
    const keptMs = Math.min(
      IDLE_TIMEOUT_MS,
      (reader.keepAliveMs ?? Number.POSITIVE_INFINITY) - CLOSED_EARLIER_MS,
    );
    this.#idleUntil = performance.now() + keptMs;
    const socket = this.#socket;
    // One that has responded before it has read the whole request will not read another behind it.
    if (!reader.isPersistent || socket === undefined || socket.writableLength > 0) this.close();
    // An idle connection keeps no process running.
    else socket.unref();
    user.onResponse();
  }

  #fail(error: Error): void {
    const current = this.#current;
    this.#current = undefined;
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#socket?.destroy();
      this.#onClosed();
    }
    current?.user.onError(error);
  }
}

function connectionReset(): Error {
  return Object.assign(new Error('the connection was closed before the response'), { code: 'ECONNRESET' });
}
