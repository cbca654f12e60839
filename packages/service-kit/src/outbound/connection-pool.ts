import { secureUrl } from '../tls/send-with-tls.ts';
import type { OpenConnectionOptions } from './open-connection.ts';
import { PooledConnection } from './pooled-connection.ts';

/** 256 per origin, as in Node.js. */
const MAX_IDLE = 256;

/** 5 s: the longest that an expired connection stays open. */
const SWEEP_EVERY_MS = 5_000;

/** The connections to any number of origins. As many as are needed are opened; those that are idle are reused. */
export class ConnectionPool {
  readonly #options: OpenConnectionOptions;
  /** By origin; the last was used last. */
  readonly #idle = new Map<string, PooledConnection[]>();
  #generation: number | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: OpenConnectionOptions) {
    this.#options = options;
    this.#generation = options.tls?.tls.generation;
  }

  /** Takes an idle connection, or else a new one. */
  take(origin: string): PooledConnection {
    this.#dropOldGeneration();
    const idle = this.#idle.get(origin);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      if (connection.isOpen) return connection;
      connection.close();
    }
    // Whatever scheme its URL has: see sendWithTls.
    const target = this.#options.tls === undefined ? origin : secureUrl(origin);
    const connection = new PooledConnection(target, this.#options, () => this.#forget(origin, connection));
    return connection;
  }

  /** Takes back a connection whose request has its response. */
  release(origin: string, connection: PooledConnection): void {
    const idle = this.#idle.get(origin) ?? [];
    const isCurrent = connection.generation === this.#options.tls?.tls.generation;
    if (!isCurrent || !connection.isOpen || idle.length >= MAX_IDLE) {
      connection.close();
      return;
    }
    idle.push(connection);
    this.#idle.set(origin, idle);
    this.#sweepSoon();
  }

  /**
   * Closes idle connections, so that the next request opens a new one.
   *
   * @param only to this origin; by default to all
   * @param olderThanMs keeps connections that were established more recently, in milliseconds
   */
  closeIdle(only?: string, olderThanMs = 0): void {
    for (const [origin, idle] of this.#idle) {
      if (only !== undefined && origin !== only) continue;
      for (const connection of [...idle]) {
        if (connection.ageMs < olderThanMs) continue;
        this.#forget(origin, connection);
        connection.close();
      }
    }
  }

  #closeExpired(): void {
    this.#sweep = undefined;
    for (const connection of [...this.#idle.values()].flat()) {
      if (connection.isOpen) this.#sweepSoon();
      else connection.close();
    }
  }

  #sweepSoon(): void {
    this.#sweep ??= setTimeout(() => this.#closeExpired(), SWEEP_EVERY_MS).unref();
  }

  #forget(origin: string, connection: PooledConnection): void {
    const idle = this.#idle.get(origin);
    const index = idle?.indexOf(connection) ?? -1;
    if (index >= 0) idle?.splice(index, 1);
    if (idle?.length === 0) this.#idle.delete(origin);
  }

  /** After a change of certificates, no further request uses a connection from before. */
  #dropOldGeneration(): void {
    const generation = this.#options.tls?.tls.generation;
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.closeIdle();
  }
}
