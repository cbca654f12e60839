import { createHttpClient, jsonBody, type ServiceTls, transportFailure } from '@gridclock/service-kit';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';
import { type VectorClock, zeroClock } from './causality/vector-clock.ts';
import type { Value } from './causality/write.ts';
import { MAX_KEY_RESPONSE_BYTES } from './limits.ts';
import { clockSchema } from './messages/clock.ts';
import { contextAfter } from './retirement/reported-clocks.ts';

/** A node responded with an error. `body` is the response's body. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Names the request, such as `put x`. */
  readonly call: string;
  readonly status: number;
  readonly body: unknown;

  constructor(call: string, status: number, body: unknown) {
    super(`${call} failed with status ${status}: ${JSON.stringify(body)}`);
    this.call = call;
    this.status = status;
    this.body = body;
  }
}

/** No node could be reached, or the connection was lost: a write may or may not have been made. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

export type CausalClientOptions = {
  /** The nodes' URLs. A call that names no node asks them in this order until one responds. */
  nodes: readonly string[];
  /** How long a node may take to catch up with this client, in milliseconds. */
  waitMs?: number;
  /** For nodes with TLS: the authorities that the client trusts. */
  tls?: ServiceTls | undefined;
  /** What the session has seen before; nothing by default. */
  context?: VectorClock;
};

/** The result of a read. `siblings` holds all versions if there are concurrent ones. */
export type Reading = z.output<typeof readingSchema>;

/** Overrides the client's options for one call. */
export type CallOptions = {
  /** The URL of the only node to ask. */
  node?: string;
  /** How long the node may take to catch up with this client, in milliseconds. */
  waitMs?: number;
};

export type WriteOptions = CallOptions & {
  /** How many nodes must have stored the write before it is acknowledged; 1 by default. */
  acks?: number;
};

/** Ids of the context that the response's clock implies: the context no longer needs them. */
const retiredSchema = z.array(z.string()).optional();

/** The response to a read. */
export const readingSchema = z.object({
  key: z.string(),
  value: z.unknown(),
  vc: clockSchema,
  retired: retiredSchema,
  siblings: z.array(z.object({ sender: z.string(), value: z.unknown(), vc: clockSchema })).optional(),
});

/** The response to a write. */
export const writtenSchema = z.object({ status: z.literal('ok'), vc: clockSchema, retired: retiredSchema });

/** 5 s: more than a node needs to catch up while its links work. */
const DEFAULT_WAIT_MS = 5_000;

/** The longest wait that a node accepts. */
const MAX_WAIT_MS = 30_000;

/** 4,000 characters of URL: many proxies refuse a request line of 8 KB. A longer context travels in the body. */
const MAX_QUERY_CONTEXT = 4_000;

/** Added to the wait, for sending the request and the response. */
const GRACE_MS = 5_000;

/**
 * One client's session with the store. It sends its causal context with every request. On any node it therefore reads
 * its own writes and never older data than before, and its writes follow its reads and writes.
 *
 * D. Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", 1994.
 */
export class CausalClient {
  readonly #nodes: readonly string[];
  readonly #waitMs: number;
  readonly #http: AxiosInstance;
  #context: VectorClock;

  constructor({ nodes, waitMs = DEFAULT_WAIT_MS, tls, context = zeroClock }: CausalClientOptions) {
    this.#context = context;
    this.#nodes = nodes;
    this.#waitMs = waitMs;
    this.#http = createHttpClient({
      timeoutMs: MAX_WAIT_MS + GRACE_MS,
      maxResponseBytes: MAX_KEY_RESPONSE_BYTES,
      tls: tls && { tls },
    });
  }

  /** Everything this session has seen. */
  get context(): VectorClock {
    return this.#context;
  }

  /**
   * Writes a value.
   *
   * @returns the clock of the write
   * @throws StoreError if no node accepted the write, or if too few nodes stored it (status 503 with `stored_on`: the
   *   write was made); UnreachableError if no node was reached, or if it is unknown whether the write was made
   */
  put(
    key: string,
    value: Value,
    { node, waitMs = this.#waitMs, acks = 1 }: WriteOptions = {},
  ): Promise<VectorClock> {
    return this.#write(`put ${key}`, node, (url) =>
      this.#http.post(`${url}/put`, jsonBody({ key, value, vc: this.#context, acks }), {
        params: { wait_ms: waitMs },
      }),
    );
  }

  /** Deletes a key, which is a write. Returns and throws as `put`. */
  remove(key: string, { node, waitMs = this.#waitMs, acks = 1 }: WriteOptions = {}): Promise<VectorClock> {
    return this.#write(`delete ${key}`, node, (url) => {
      const vc = this.#contextInQuery();
      return vc === undefined
        ? this.#http.delete(`${url}/delete`, {
            data: jsonBody({ key, vc: this.#context, acks }),
            params: { wait_ms: waitMs },
          })
        : this.#http.delete(`${url}/delete`, { params: { key, vc, wait_ms: waitMs, acks } });
    });
  }

  /** Reads a key; the value is null if the key has none. Throws as `put`. */
  get(key: string, { node, waitMs = this.#waitMs }: CallOptions = {}): Promise<Reading> {
    const send = (url: string) => {
      const vc = this.#contextInQuery();
      return vc === undefined
        ? this.#http.post(`${url}/get`, jsonBody({ key, vc: this.#context }), { params: { wait_ms: waitMs } })
        : this.#http.get(`${url}/get`, { params: { key, vc, wait_ms: waitMs } });
    };
    return this.#call({ name: `get ${key}`, schema: readingSchema, node, send, idempotent: true });
  }

  /** The context as JSON; undefined if it is too long for a URL. */
  #contextInQuery(): string | undefined {
    const json = JSON.stringify(this.#context);
    return encodeURIComponent(json).length > MAX_QUERY_CONTEXT ? undefined : json;
  }

  async #write(
    name: string,
    node: string | undefined,
    send: (url: string) => Promise<AxiosResponse<unknown>>,
  ): Promise<VectorClock> {
    const { vc } = await this.#call({ name, schema: writtenSchema, node, send, idempotent: false });
    return vc;
  }

  /** Sends a call to the node it names, or to one node after another until one succeeds. */
  async #call<Result extends { vc: VectorClock; retired?: string[] | undefined }>({
    name,
    schema,
    node,
    send,
    idempotent,
  }: Call<Result>) {
    let failure: Error = new UnreachableError(`${name}: no node is known`);
    for (const url of node === undefined ? this.#nodes : [node]) {
      try {
        const { status, data } = await send(url);
        if (status === 200) {
          const result = schema.parse(data);
          this.#context = contextAfter(this.#context, result.vc, result.retired);
          return result;
        }
        failure = new StoreError(name, status, data);
        // Another node may be ahead of one that is behind or starting. A write stored on too few nodes was made.
        if (status !== 503 || wasWritten(data)) break;
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        const { kind, reason } = transportFailure(error);
        failure = new UnreachableError(`${name}: ${url}: ${reason}`);
        // The write may have been made: sending it to another node could make it twice.
        if (kind === 'ambiguous' && !idempotent) break;
      }
    }
    throw failure;
  }
}

type Call<Result> = {
  /** Names the call in error messages. */
  name: string;
  schema: z.ZodType<Result>;
  node: string | undefined;
  send: (url: string) => Promise<AxiosResponse<unknown>>;
  /** Whether the call may safely be sent twice. */
  idempotent: boolean;
};

function wasWritten(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stored_on' in body;
}
