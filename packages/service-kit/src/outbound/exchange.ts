import type { CancelSignal } from '../pacing/cancellation.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { BadResponseError } from './http1/bad-response-error.ts';
import { formatRequest, type OutgoingRequest } from './http1/format-request.ts';
import { ResponseReader } from './http1/response-reader.ts';
import { NoResponseError } from './no-response-error.ts';
import type { ConnectionUser, PooledConnection } from './pooled-connection.ts';
import { ReceivedResponse, type ServiceResponse } from './received-response.ts';

export type ExchangeOptions = {
  pool: ConnectionPool;
  origin: string;
  timeoutMs: number;
  maxResponseBytes: number;
  /** Each gives the request up when it aborts. */
  signals: readonly CancelSignal[];
  resolve: (response: ServiceResponse) => void;
  reject: (error: NoResponseError) => void;
};

/** One request and its response: receives the response, and gives it up at the deadline or when it is cancelled. */
export class Exchange implements ConnectionUser {
  readonly #options: ExchangeOptions;
  readonly #connection: PooledConnection;
  readonly #reader: ResponseReader;
  readonly #timer: NodeJS.Timeout;
  readonly #cancel = () => this.#giveUp('ERR_CANCELED', 'the request was cancelled');
  #isSent = false;
  #isSettled = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { maxResponseBytes, origin, pool, signals, timeoutMs } = options;
    this.#connection = pool.take(origin);
    this.#reader = new ResponseReader(maxResponseBytes);
    // One turn later: if this process was blocked, the response may be here by now.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), timeoutMs);
    for (const signal of signals) signal.addEventListener('abort', this.#cancel);
  }

  send(request: OutgoingRequest): void {
    let text: string | Buffer;
    try {
      text = formatRequest(request, this.#connection.host);
    } catch (error) {
      this.onError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#connection.send({ text, reader: this.#reader, user: this });
  }

  onSent(): void {
    this.#isSent = true;
  }

  onResponse(): void {
    const { head, text } = this.#reader;
    const encoding = head.header('content-encoding') ?? '';
    if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
      const message = `the response has the encoding ${encoding}, which was not asked for`;
      this.#giveUp('ERR_CONTENT_ENCODING', message);
      return;
    }
    if (!this.#settle()) return;
    const { origin, pool, resolve } = this.#options;
    const connection = this.#connection.used;
    pool.release(origin, this.#connection);
    resolve(new ReceivedResponse(head, text, connection));
  }

  onError(error: Error): void {
    this.#giveUp(codeOf(error), messageOf(error));
  }

  #expire(): void {
    if (this.#isSettled) return;
    const { origin, pool, timeoutMs } = this.#options;
    // What lost the response, such as a NAT that forgot its connections, has probably lost the idle ones too.
    pool.closeIdle(origin);
    this.#giveUp('ECONNABORTED', `no complete response within ${timeoutMs} ms`);
  }

  #giveUp(code: string, message: string): void {
    if (!this.#settle()) return;
    const connection = this.#connection.used;
    this.#connection.close();
    const kind = this.#isSent ? 'ambiguous' : 'refused';
    this.#options.reject(new NoResponseError(message, { code, kind, connection }));
  }

  /** Returns whether the request was still waiting. */
  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    for (const signal of this.#options.signals) signal.removeEventListener('abort', this.#cancel);
    return true;
  }
}

function codeOf(error: Error): string {
  if (error instanceof BadResponseError) return 'ERR_BAD_RESPONSE';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/** The message of a name with several addresses, none of which could be connected to, is empty. */
function messageOf(error: Error): string {
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map((each: unknown) => (each instanceof Error ? each.message : '')).join(', ')
    : error.message;
}
