import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';
import { merge, type VectorClock, zeroClock } from './causality/vector-clock.ts';
import type { Value } from './causality/write.ts';
import { clockSchema } from './messages.ts';

/** The cluster answered, but not with what was asked for. `body` is what it said. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly status: number;
  readonly body: unknown;

  constructor(what: string, status: number, body: unknown) {
    super(`${what} was answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/** No node could be reached, or one was lost while it was asked: a write may or may not have been made. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

export type CausalClientOptions = {
  /** The nodes' URLs. Unless a call names one, they are asked in this order until one answers. */
  nodes: readonly string[];
  /** How long a node may take to catch up with what this client has seen, in milliseconds. */
  waitMs?: number;
};

/** What a read gave. `siblings` has every version where concurrent writes stand side by side. */
export type Reading = z.output<typeof readingSchema>;

/** How one call differs from the client's own ways. */
export type CallOptions = {
  /** The URL of the node to ask; the client's own choice when absent. */
  node?: string;
  /** How long the node may take to catch up, in milliseconds. */
  waitMs?: number;
};

/** How one write differs from the client's own ways. */
export type WriteOptions = CallOptions & {
  /** On how many nodes it must be stored before it is acknowledged; 1 unless given. */
  acks?: number;
};

const readingSchema = z.object({
  key: z.string(),
  value: z.unknown(),
  vc: clockSchema,
  siblings: z.array(z.object({ sender: z.string(), value: z.unknown(), vc: clockSchema })).optional(),
});

const writtenSchema = z.object({ status: z.literal('ok'), vc: clockSchema });

const DEFAULT_WAIT_MS = 5_000;

/** The longest wait a node grants. */
const LONGEST_WAIT_MS = 30_000;

/** Beyond the wait itself: for the way there and back. */
const GRACE_MS = 5_000;

/**
 * One client's session with the store. It remembers what it has seen and sends that along, so that on
 * whichever node it asks it reads its own writes, never reads anything older than before, and its writes
 * come after what it has read and written (the session guarantees of D. Terry et al., 1994).
 */
export class CausalClient {
  readonly #nodes: readonly string[];
  readonly #waitMs: number;
  readonly #http: AxiosInstance;
  #context: VectorClock = zeroClock;

  constructor({ nodes, waitMs = DEFAULT_WAIT_MS }: CausalClientOptions) {
    this.#nodes = nodes;
    this.#waitMs = waitMs;
    this.#http = createHttpClient({ timeoutMs: LONGEST_WAIT_MS + GRACE_MS });
  }

  /** All that this session has seen. */
  get context(): VectorClock {
    return this.#context;
  }

  /**
   * Writes a value.
   *
   * @returns the clock of the write
   * @throws StoreError when no node took it, or too few stored it (status 503 with `stored_on`: it stands);
   *   UnreachableError when no node was reached, or it is not known whether it was made
   */
  put(
    key: string,
    value: Value,
    { node, waitMs = this.#waitMs, acks = 1 }: WriteOptions = {},
  ): Promise<VectorClock> {
    return this.#write(`put ${key}`, node, (url) =>
      this.#http.post(`${url}/put`, { key, value, vc: this.#context, acks }, { params: { wait_ms: waitMs } }),
    );
  }

  /** Deletes a key: a write like any other. Returns and errors as `put`. */
  remove(key: string, { node, waitMs = this.#waitMs, acks = 1 }: WriteOptions = {}): Promise<VectorClock> {
    return this.#write(`delete ${key}`, node, (url) =>
      this.#http.delete(`${url}/delete`, {
        params: { key, vc: JSON.stringify(this.#context), wait_ms: waitMs, acks },
      }),
    );
  }

  /** Reads a key; its value is null when it has none. Errors as `put`. */
  get(key: string, { node, waitMs = this.#waitMs }: CallOptions = {}): Promise<Reading> {
    const request = (url: string) =>
      this.#http.get(`${url}/get`, {
        params: { key, vc: JSON.stringify(this.#context), wait_ms: waitMs },
      });
    return this.#ask({ what: `get ${key}`, schema: readingSchema, node, request, repeatable: true });
  }

  async #write(
    what: string,
    node: string | undefined,
    request: (url: string) => Promise<AxiosResponse<unknown>>,
  ): Promise<VectorClock> {
    const { vc } = await this.#ask({ what, schema: writtenSchema, node, request, repeatable: false });
    return vc;
  }

  /** Asks the node named, or one after the other until one answers with what was asked for. */
  async #ask<Answer extends { vc: VectorClock }>({
    what,
    schema,
    node,
    request,
    repeatable,
  }: Question<Answer>) {
    let failure: Error = new UnreachableError(`${what}: no node is known`);
    for (const url of node === undefined ? this.#nodes : [node]) {
      try {
        const { status, data } = await request(url);
        if (status === 200) {
          const answer = schema.parse(data);
          this.#context = merge(this.#context, answer.vc);
          return answer;
        }
        failure = new StoreError(what, status, data);
        // Behind or starting: another node may do better. A write that too few have stored was made, though.
        if (status !== 503 || writeStands(data)) break;
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        const { kind, reason } = transportFailure(error);
        failure = new UnreachableError(`${what}: ${url}: ${reason}`);
        // It may have been done: asking another node would do it twice.
        if (kind === 'ambiguous' && !repeatable) break;
      }
    }
    throw failure;
  }
}

type Question<Answer> = {
  what: string;
  schema: z.ZodType<Answer>;
  node: string | undefined;
  request: (url: string) => Promise<AxiosResponse<unknown>>;
  /** Whether asking twice is as good as asking once. */
  repeatable: boolean;
};

function writeStands(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stored_on' in body;
}
