import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { UsedConnection } from './no-response-error.ts';
import { type OpenConnectionOptions, openConnection } from './open-connection.ts';

/** 30 s: cloud NATs forget an idle connection after 4 minutes or more; polls keep busy ones open. */
const IDLE_TIMEOUT_MS = 30_000;

/** One connection to an origin, for one request at a time. It is opened by its first request. */
export class PooledConnection {
  /** The version of this process's certificates that it was opened with. */
  readonly generation: number | undefined;
  readonly #client: Client;
  #socket: Socket | undefined;
  #establishedAt: number | undefined;
  #isReused = false;

  /** @param onClosed called once it cannot take a further request */
  constructor(origin: string, options: OpenConnectionOptions, onClosed: () => void) {
    this.generation = options.tls?.tls.generation;
    const url = new URL(origin);
    this.#client = new Client(url, {
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      keepAliveMaxTimeout: IDLE_TIMEOUT_MS,
      // Each request has a deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_target, callback) => {
        const socket = openConnection(url, options, (error) => {
          if (error === null) this.#establishedAt = performance.now();
          if (error === null) callback(null, socket);
          else callback(error, null);
        });
        this.#socket = socket;
      },
    });
    this.#client.once('disconnect', () => {
      this.close();
      onClosed();
    });
  }

  /** Whether it can take a request without being opened. */
  get isOpen(): boolean {
    return this.#establishedAt !== undefined && this.#socket?.destroyed === false;
  }

  /** What a request has used; undefined if it has not been established: then no server has received anything. */
  get used(): UsedConnection | undefined {
    if (this.#establishedAt === undefined) return undefined;
    return { ageMs: performance.now() - this.#establishedAt, isReused: this.#isReused };
  }

  /** How long ago it was established, in milliseconds. */
  get ageMs(): number {
    return performance.now() - (this.#establishedAt ?? Number.POSITIVE_INFINITY);
  }

  /** Sends a request. The one before it must have ended. */
  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#isReused = this.#establishedAt !== undefined;
    this.#client.dispatch(request, handler);
  }

  /** Closes it at once, also if a request is waiting for its response. */
  close(): void {
    this.#socket?.destroy();
    this.#client.destroy(null, () => {});
  }
}
