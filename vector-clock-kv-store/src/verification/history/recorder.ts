import type { VectorClock } from '../../causality/vector-clock.ts';
import type { CallOptions } from '../../session-client/options.ts';
import type { History, Operation, RecordedValue } from './history.ts';

/** The client operations that can be recorded. */
export type RecordableClient = {
  put: (key: string, value: string, options?: CallOptions) => Promise<VectorClock>;
  /** Without `vc`, no session guarantee is checked: the client sends no context, so it has none. */
  get: (key: string, options?: CallOptions) => Promise<{ value?: unknown; vc?: VectorClock }>;
  delete: (key: string, options?: CallOptions) => Promise<VectorClock>;
  /**
   * Writes values in their order. Resolves to the clock of the last write, or to the clock of each: `checkRun` looks only
   * for writes whose clock it knows.
   */
  putAll?: (
    writes: readonly { key: string; value: string }[],
    options?: CallOptions,
  ) => Promise<VectorClock | readonly VectorClock[]>;
};

/** A client that names its deletion `remove`, as CausalClient does. */
export type RemovingClient = Omit<RecordableClient, 'delete'> & { remove: RecordableClient['delete'] };

export type RecorderOptions = {
  /** The current time in milliseconds. */
  now: () => number;
  /**
   * Whether an error proves that a write did not take effect. By default none does: recording a failed write
   * as one of unknown outcome never changes a verdict.
   */
  isDefiniteFailure?: (error: unknown) => boolean;
};

/**
 * Records client sessions as a history for the checker. The keys must be new to the store: a value from before
 * the recording would count as one that nobody wrote.
 */
export class HistoryRecorder {
  readonly #options: Required<RecorderOptions>;
  readonly #sessions = new Map<string, RecordedSession>();

  constructor({ now, isDefiniteFailure = () => false }: RecorderOptions) {
    this.#options = { now, isDefiniteFailure };
  }

  /**
   * Starts recording a session.
   *
   * @param client a fresh client; use it only through the returned session
   * @throws Error when the name is already in use
   */
  session(name: string, client: RecordableClient | RemovingClient): RecordedSession {
    if (this.#sessions.has(name))
      throw new Error(`the session name ${name} is already in use; choose another`);
    const session = new RecordedSession(name, withDelete(client), this.#options);
    this.#sessions.set(name, session);
    return session;
  }

  /** The history so far. A pending write counts as one of unknown outcome. */
  history(): History {
    return {
      sessions: [...this.#sessions].map(([name, session]) => ({ name, operations: session.operations() })),
    };
  }
}

/** A recorded session. It generates the values it writes, so each is unique. */
export class RecordedSession {
  readonly #name: string;
  readonly #client: RecordableClient;
  readonly #options: Required<RecorderOptions>;
  readonly #operations: Operation[] = [];
  #pending: readonly Operation[] = [];
  #writes = 0;

  constructor(name: string, client: RecordableClient, options: Required<RecorderOptions>) {
    this.#name = name;
    this.#client = client;
    this.#options = options;
  }

  /** Writes a new value and returns it. Rethrows the client's errors. */
  async put(key: string, options?: CallOptions): Promise<string> {
    const value = this.#newValue();
    const write: Operation = { kind: 'write', key, value, ...this.#request(options) };
    await this.#record([write], async () => [{ vc: await this.#client.put(key, value, options) }]);
    return value;
  }

  /**
   * Writes a new value to each key in one batch, in their order, and returns the values. Rethrows the client's errors.
   *
   * @throws TypeError if the client has no `putAll`
   */
  async putAll(keys: readonly string[], options?: CallOptions): Promise<string[]> {
    const { putAll } = this.#client;
    if (putAll === undefined) throw new TypeError(`the client of ${this.#name} has no putAll`);
    const writes = keys.map((key) => ({ key, value: this.#newValue() }));
    const request = this.#request(options);
    const operations = writes.map((write): Operation => ({ kind: 'write', ...write, ...request }));
    await this.#record(operations, async () => {
      const clocks = [await putAll.call(this.#client, writes, options)].flat();
      return writes.map((_, index) => {
        const vc = clocks.at(index - writes.length);
        return vc === undefined ? {} : { vc };
      });
    });
    return writes.map(({ value }) => value);
  }

  /** Deletes a key. Rethrows the client's errors. */
  async delete(key: string, options?: CallOptions): Promise<void> {
    const deletion: Operation = { kind: 'delete', key, value: this.#newValue(), ...this.#request(options) };
    await this.#record([deletion], async () => [{ vc: await this.#client.delete(key, options) }]);
  }

  /** Reads a key; null when it has no value. Rethrows the client's errors and records no failed read. */
  async get(key: string, options?: CallOptions): Promise<RecordedValue | null> {
    const read: Operation = { kind: 'read', key, value: null, ...this.#request(options) };
    const [result] = await this.#record([read], async () => {
      const { value, vc } = await this.#client.get(key, options);
      return [{ value: toRecordedValue(value), ...(vc === undefined ? {} : { vc }) }];
    });
    return result?.value ?? null;
  }

  /** The operations so far, in program order. */
  operations(): Operation[] {
    return [...this.#operations, ...withoutOutcome(this.#pending)];
  }

  /** Records what one call does: an operation, or the writes of a batch. @param call resolves to the result of each */
  async #record<Result extends object>(
    operations: readonly Operation[],
    call: () => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    if (this.#pending.length > 0) throw new Error(`${this.#name} has a pending operation; await it first`);
    this.#pending = operations;
    try {
      const results = await call();
      const end = this.#options.now();
      for (const [index, operation] of operations.entries())
        this.#operations.push({ ...operation, ...results[index], end });
      return results;
    } catch (error) {
      if (!this.#options.isDefiniteFailure(error)) {
        const end = this.#options.now();
        for (const operation of withoutOutcome(operations)) this.#operations.push({ ...operation, end });
      }
      throw error;
    } finally {
      this.#pending = [];
    }
  }

  #request(options: CallOptions | undefined): { start: number; node?: string } {
    const start = this.#options.now();
    return options?.node === undefined ? { start } : { start, node: options.node };
  }

  #newValue(): string {
    this.#writes++;
    return `${this.#name}#${this.#writes}`;
  }
}

function withDelete(client: RecordableClient | RemovingClient): RecordableClient {
  if ('delete' in client) return client;
  return {
    put: (key, value, options) => client.put(key, value, options),
    get: (key, options) => client.get(key, options),
    delete: (key, options) => client.remove(key, options),
    ...(client.putAll && { putAll: client.putAll.bind(client) }),
  };
}

/** Returns writes as ones of unknown outcome; a read without a result has not happened. */
function withoutOutcome(operations: readonly Operation[]): Operation[] {
  return operations.flatMap((operation) =>
    operation.kind === 'read' ? [] : { ...operation, status: 'unknown' },
  );
}

/** A value that no recorded session wrote may be any JSON. As text it still matches no recorded write. */
function toRecordedValue(value: unknown): RecordedValue | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
