import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { onceClosed } from '../requests/response-closed.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import type { HeldRefusals } from './held-refusals.ts';
import type { TurnQueue } from './turn-queue.ts';

/**
 * What a request is for. `probe`: health, readiness and metrics. `peer`: another part of the same system, whose
 * silence would look like a failure. Both have fixed limits of their own and wait for nothing. `stream`: a response that
 * stays open; the service limits their number. The adaptive limit is for the others.
 */
export type RequestClass = 'probe' | 'peer' | 'stream' | 'client';

export type FrontDoorOptions = {
  limit: ConcurrencyLimit;
  queue: TurnQueue;
  refusals: HeldRefusals;
  connections: ConnectionLimit;
  /** How many streams the service allows; further ones are clients' requests, for the service to refuse. */
  streams?: number | undefined;
  /** The class of a request that is not a probe; `client` by default. */
  classOf?: ((request: IncomingMessage) => RequestClass) | undefined;
  /** Called for each refused request. */
  onRefused?: (kind: RequestClass) => void;
  /** Milliseconds since a fixed moment. */
  now: () => number;
};

/** 64 probes: kubelets, balancers and Prometheus send a few per second, and each takes milliseconds. */
const MAX_PROBES = 64;

/** 256 messages of peers: a link sends one at a time, and no cluster has as many members. */
const MAX_PEERS = 256;

const probes = /^\/(health|ready|metrics)(\?|$)/;

const leave = Symbol('leave');

/** A property instead of a WeakMap, which costs more for each request, and in each collection of garbage. */
type AdmittedResponse = ServerResponse & { [leave]?: () => void };

/**
 * Stops counting a request as work in progress: from now on it only waits or streams.
 *
 * Has no effect on a request that did not come through a front door.
 */
export function leaveFrontDoor(response: AdmittedResponse): void {
  response[leave]?.();
}

/**
 * Limits the requests that a process has in progress, and refuses the others before they cost anything.
 *
 * A request whose body has not arrived does not count, so that slow senders keep nobody out.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #fixed;
  #working = 0;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#fixed = {
      probe: { open: 0, limit: MAX_PROBES },
      peer: { open: 0, limit: MAX_PEERS },
      stream: { open: 0, limit: options.streams ?? 0 },
    };
  }

  /** The clients' requests in progress. */
  get working(): number {
    return this.#working;
  }

  /** Limits a server's connections, and lets it accept new ones soon. */
  watchConnections(server: Server): void {
    const { connections, queue } = this.#options;
    connections.watch(server);
    server.on('connection', () => queue.connectionAccepted());
  }

  /** Returns a listener that passes on the requests that are admitted. */
  guard(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { onRefused, refusals } = this.#options;
      const kind = this.#classOf(request);
      const handle = () => listener(request, response);
      if (kind === 'client' ? this.#admit(request, response, handle) : this.#pass(kind, response, handle))
        return;
      onRefused?.(kind);
      refusals.refuse(request, response);
    };
  }

  #classOf(request: IncomingMessage): RequestClass {
    if (probes.test(request.url ?? '')) return 'probe';
    const kind = this.#options.classOf?.(request) ?? 'client';
    const { open, limit } = this.#fixed.stream;
    return kind === 'stream' && open >= limit ? 'client' : kind;
  }

  #pass(kind: Exclude<RequestClass, 'client'>, response: ServerResponse, handle: () => void): boolean {
    const counted = this.#fixed[kind];
    if (counted.open >= counted.limit) return false;
    counted.open++;
    onceClosed(response, () => counted.open--);
    if (kind === 'stream') this.#options.queue.add(handle);
    else handle();
    return true;
  }

  #admit(request: IncomingMessage, response: AdmittedResponse, handle: () => void): boolean {
    const { limit, now, queue } = this.#options;
    const arrivedAt = now();
    if (this.#working >= limit.current) {
      limit.refused(arrivedAt);
      return false;
    }
    let isOpen = true;
    let isWorking = false;
    const work = (starts: boolean) => {
      if (isWorking !== starts) this.#working += starts ? 1 : -1;
      isWorking = starts;
    };
    const close = () => {
      isOpen = false;
      work(false);
    };
    work(true);
    response[leave] = close;
    onceClosed(response, close);
    queue.add(() => {
      // Nobody would read the response.
      if (!isOpen || request.socket.destroyed) return;
      const startedAt = now();
      limit.started(startedAt - arrivedAt, startedAt);
      if (!request.complete) {
        work(false);
        request.once('end', () => work(isOpen));
      }
      handle();
    });
    return true;
  }
}
