import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Value } from '../causality/write.ts';
import { contextAfter } from '../retirement/reported-clocks.ts';
import { encodeWrite, LONGEST_TIMER_MS, requireKey, requireNumber } from './check-arguments.ts';
import { TooFewCopiesError } from './errors.ts';
import { fetchTransport } from './fetch-transport.ts';
import { type Call, type CallRequest, NodeCalls } from './node-calls.ts';
import type { CallOptions, CausalClientOptions, WatchOptions, WriteOptions } from './options.ts';
import {
  heartbeatSchema,
  madeWriteSchema,
  parseAs,
  type Reading,
  readingSchema,
  type WatchedWrite,
  writtenSchema,
} from './responses.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';
import type { Transport } from './transport.ts';
import { watchNodes } from './watch.ts';

/** 5 s: more than a node needs to catch up while its links work. */
const DEFAULT_WAIT_MS = 5_000;

/** 4,000 characters of URL: many proxies refuse a request line of 8 KB. A longer context travels in the body. */
const MAX_QUERY_CONTEXT = 4_000;

/** Added to the wait, for sending the request and the response. */
const GRACE_MS = 5_000;

/** A write waits for the session, then for the acknowledgements of other nodes. */
const WAITS_PER_CALL = 2;

/**
 * One client's session with the store. It sends its causal context with every request. On any node it therefore reads
 * its own writes and never older data than before, and its writes follow its reads and writes.
 *
 * A write is sent again only if no node can have made it; a read, whenever that can help.
 *
 * D. Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", 1994.
 */
export class CausalClient {
  readonly #waitMs: number;
  readonly #timeoutMs: number | undefined;
  readonly #calls: NodeCalls;
  readonly #transport: Transport;
  readonly #retry: RetryPolicy;
  readonly #random: () => number;
  #context: VectorClock;

  /** Connects to nothing. @throws TypeError if a node is no URL, or a time no number */
  constructor({
    nodes,
    waitMs = DEFAULT_WAIT_MS,
    timeoutMs,
    context = zeroClock,
    retry,
    transport = fetchTransport(),
    random = Math.random,
  }: CausalClientOptions) {
    requireNumber('waitMs', waitMs, 0, LONGEST_TIMER_MS);
    if (timeoutMs !== undefined) requireNumber('timeoutMs', timeoutMs, 1, Number.POSITIVE_INFINITY);
    this.#context = context;
    this.#waitMs = waitMs;
    this.#timeoutMs = timeoutMs;
    this.#transport = transport;
    this.#retry = retryPolicyOf(retry);
    this.#random = random;
    this.#calls = new NodeCalls({ nodes, retry: this.#retry, transport, random });
  }

  /** Everything this session has seen. */
  get context(): VectorClock {
    return this.#context;
  }

  /**
   * Writes a value.
   *
   * @returns the clock of the write
   * @throws StoreError if no node accepted the write; TooFewCopiesError if too few nodes stored it, and the write was
   *   made; UnreachableError if no node was reached, or if it is unknown whether the write was made; TypeError if an
   *   argument is none, or if JSON cannot express the value; the signal's reason once it aborts
   */
  put(key: string, value: Value, { acks = 1, ...options }: WriteOptions = {}): Promise<VectorClock> {
    return this.#write(`put ${key}`, options, (waitMs) => ({
      method: 'POST',
      path: `/put?wait_ms=${waitMs}`,
      body: encodeWrite({ key, value, vc: this.#context, acks }, [{ key, value }]),
    }));
  }

  /**
   * Writes several values in their order and all or none of them, each after the one before.
   *
   * @returns the clock of the last write. Throws as `put`
   */
  putAll(
    writes: readonly { key: string; value: Value }[],
    { acks = 1, ...options }: WriteOptions = {},
  ): Promise<VectorClock> {
    return this.#write(`put ${writes.length} keys`, options, (waitMs) => ({
      method: 'POST',
      path: `/batch?wait_ms=${waitMs}`,
      body: encodeWrite({ writes, vc: this.#context, acks }, writes),
    }));
  }

  /** Deletes a key, which is a write. Returns and throws as `put`. */
  remove(key: string, { acks = 1, ...options }: WriteOptions = {}): Promise<VectorClock> {
    return this.#write(`delete ${key}`, options, (waitMs) => {
      requireKey(key);
      const vc = this.#contextInQuery();
      return vc === undefined
        ? {
            method: 'DELETE',
            path: `/delete?wait_ms=${waitMs}`,
            body: JSON.stringify({ key, vc: this.#context, acks }),
          }
        : { method: 'DELETE', path: `/delete?${queryOf({ key, vc, wait_ms: waitMs, acks })}` };
    });
  }

  /** Reads a key; the value is null if the key has none. Throws as `put`. */
  async get(key: string, options: CallOptions = {}): Promise<Reading> {
    const name = `get ${key}`;
    requireKey(key);
    const request = (waitMs: number): CallRequest => {
      const vc = this.#contextInQuery();
      return vc === undefined
        ? {
            method: 'POST',
            path: `/get?wait_ms=${waitMs}`,
            body: JSON.stringify({ key, vc: this.#context }),
          }
        : { method: 'GET', path: `/get?${queryOf({ key, vc, wait_ms: waitMs })}` };
    };
    const text = await this.#calls.send(this.#callOf(name, options, request, true));
    const reading = parseAs(name, readingSchema, text);
    this.#context = contextAfter(this.#context, reading.vc, reading.retired);
    return reading;
  }

  /**
   * Reports each write to keys with a prefix, in causal order, until the signal aborts. It changes to another node when
   * its node stops, and misses no write.
   *
   * By default it begins after the writes that the session has seen; a new session begins now. The session has seen
   * each reported write: later reads are at least as new.
   *
   * @throws WatchLostError if the nodes no longer have all writes since then; otherwise as `get`
   */
  async *watch(prefix = '', { node, signal, since }: WatchOptions = {}): AsyncGenerator<WatchedWrite> {
    const position = since ?? (Object.keys(this.#context).length > 0 ? this.#context : undefined);
    const from = position ?? (await this.#clockOf({ node, signal }));
    const watched = watchNodes({
      prefix,
      from,
      node,
      signal,
      calls: this.#calls,
      transport: this.#transport,
      retry: this.#retry,
      random: this.#random,
    });
    for await (const write of watched) {
      this.#context = contextAfter(this.#context, write.vc);
      yield write;
    }
  }

  /** Reads how far a node is, so that a watch that changes nodes before its first event misses none. */
  async #clockOf({ node, signal }: Pick<Call, 'node' | 'signal'>): Promise<VectorClock> {
    const request = (): CallRequest => ({
      method: 'GET',
      path: '/',
      headers: { accept: 'application/json' },
    });
    const text = await this.#calls.send({
      ...{ name: 'watch', request, node, signal },
      ...{ timeoutMs: GRACE_MS, idempotent: true },
    });
    return parseAs('watch', heartbeatSchema, text).vector_clock;
  }

  /** The context as JSON; undefined if it is too long for a URL. */
  #contextInQuery(): string | undefined {
    const json = JSON.stringify(this.#context);
    return encodeURIComponent(json).length > MAX_QUERY_CONTEXT ? undefined : json;
  }

  async #write(
    name: string,
    options: CallOptions,
    request: (waitMs: number) => CallRequest,
  ): Promise<VectorClock> {
    try {
      const text = await this.#calls.send(this.#callOf(name, options, request, false));
      const { vc, retired } = parseAs(name, writtenSchema, text);
      this.#context = contextAfter(this.#context, vc, retired);
      return vc;
    } catch (error) {
      // The write was made: the session must read it.
      const made = error instanceof TooFewCopiesError ? madeWriteSchema.safeParse(error.body) : undefined;
      if (made?.success) this.#context = contextAfter(this.#context, made.data.vc);
      throw error;
    }
  }

  #callOf(
    name: string,
    { node, waitMs = this.#waitMs, signal }: CallOptions,
    request: (waitMs: number) => CallRequest,
    idempotent: boolean,
  ): Call {
    requireNumber('waitMs', waitMs, 0, LONGEST_TIMER_MS);
    const timeoutMs = this.#timeoutMs ?? WAITS_PER_CALL * waitMs + GRACE_MS;
    return { name, node, signal, idempotent, timeoutMs, request: () => request(waitMs) };
  }
}

function queryOf(parameters: Record<string, string | number>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return query;
}
