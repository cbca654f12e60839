import type { CallOptions } from '../../causal-client.ts';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { History, Operation, RecordedValue } from './history.ts';

/** What a recorder needs of a session with the store: a CausalClient, with its `remove` as `delete`. */
export type RecordableClient = {
  put: (key: string, value: string, options?: CallOptions) => Promise<VectorClock>;
  get: (key: string, options?: CallOptions) => Promise<{ value?: unknown; vc: VectorClock }>;
  delete: (key: string, options?: CallOptions) => Promise<VectorClock>;
};

export type RecorderOptions = {
  /** The time, in milliseconds. */
  now: () => number;
  /**
   * Whether an error says for certain that a write was not made. By default none does: a write that was not
   * made is then recorded as of unknown outcome, which no verdict suffers from.
   */
  certainlyFailed?: (error: unknown) => boolean;
};

/**
 * Records what sessions with the store do and see, as a history that can be judged. The keys must be new to
 * the store: a value from before the recording is one that nobody wrote.
 */
export class HistoryRecorder {
  readonly #options: Required<RecorderOptions>;
  readonly #sessions = new Map<string, RecordedSession>();

  constructor({ now, certainlyFailed = () => false }: RecorderOptions) {
    this.#options = { now, certainlyFailed };
  }

  /**
   * Begins to record a session.
   *
   * @param name no other session's name
   * @param client a client that has seen nothing yet; all its operations must go through what is returned
   */
  session(name: string, client: RecordableClient): RecordedSession {
    if (this.#sessions.has(name)) throw new Error(`a session called ${name} is recorded already`);
    const session = new RecordedSession(name, client, this.#options);
    this.#sessions.set(name, session);
    return session;
  }

  /** All that was recorded so far. A write under way is of unknown outcome. */
  history(): History {
    return {
      sessions: [...this.#sessions].map(([name, session]) => ({ name, operations: session.operations() })),
    };
  }
}

/** A session with the store that is recorded. It writes values of its own making, each once. */
export class RecordedSession {
  readonly #name: string;
  readonly #client: RecordableClient;
  readonly #options: Required<RecorderOptions>;
  readonly #operations: Operation[] = [];
  #underWay: Operation | undefined;
  #writes = 0;

  constructor(name: string, client: RecordableClient, options: Required<RecorderOptions>) {
    this.#name = name;
    this.#client = client;
    this.#options = options;
  }

  /** Writes a new value and returns it. Errors are the client's. */
  async put(key: string, options?: CallOptions): Promise<string> {
    const value = this.#newValue();
    const write: Operation = { kind: 'write', key, value, ...this.#asked(options) };
    await this.#record(write, async () => ({ vc: await this.#client.put(key, value, options) }));
    return value;
  }

  /** Deletes a key. Errors are the client's. */
  async delete(key: string, options?: CallOptions): Promise<void> {
    const deletion: Operation = { kind: 'delete', key, value: this.#newValue(), ...this.#asked(options) };
    await this.#record(deletion, async () => ({ vc: await this.#client.delete(key, options) }));
  }

  /** Reads a key; null when it has no value. Errors are the client's, and leave no trace. */
  async get(key: string, options?: CallOptions): Promise<RecordedValue | null> {
    const read: Operation = { kind: 'read', key, value: null, ...this.#asked(options) };
    const seen = await this.#record(read, async () => {
      const { value, vc } = await this.#client.get(key, options);
      return { value: recordable(value), vc };
    });
    return seen.value;
  }

  /** What was recorded so far, in program order. */
  operations(): Operation[] {
    const current = this.#underWay;
    if (current === undefined || current.kind === 'read') return [...this.#operations];
    return [...this.#operations, { ...current, status: 'unknown' }];
  }

  async #record<Seen extends object>(operation: Operation, call: () => Promise<Seen>): Promise<Seen> {
    if (this.#underWay !== undefined) throw new Error(`${this.#name} has an operation under way`);
    this.#underWay = operation;
    try {
      const seen = await call();
      this.#operations.push({ ...operation, ...seen, end: this.#options.now() });
      return seen;
    } catch (error) {
      if (operation.kind !== 'read' && !this.#options.certainlyFailed(error)) {
        this.#operations.push({ ...operation, status: 'unknown', end: this.#options.now() });
      }
      throw error;
    } finally {
      this.#underWay = undefined;
    }
  }

  #asked(options: CallOptions | undefined): { start: number; node?: string } {
    const start = this.#options.now();
    return options?.node === undefined ? { start } : { start, node: options.node };
  }

  #newValue(): string {
    this.#writes++;
    return `${this.#name}#${this.#writes}`;
  }
}

/** What was not written by a recorded session may be any JSON; as text it is still nobody's. */
function recordable(value: unknown): RecordedValue | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
