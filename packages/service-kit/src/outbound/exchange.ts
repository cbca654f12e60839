import { type Dispatcher, errors } from 'undici';
import type { CancelSignal } from '../pacing/cancellation.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { NoResponseError } from './no-response-error.ts';
import type { PooledConnection } from './pooled-connection.ts';
import { headerOf, ReceivedResponse, type ServiceResponse } from './received-response.ts';

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

/** Codes of undici that mean what Node.js calls ECONNRESET. */
const reset = new Set(['UND_ERR_SOCKET', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_INFO']);

/**
 * One request and its response: receives the response, and gives it up at the deadline or when it is cancelled.
 *
 * It receives headers raw, which only undici's older handlers do: to parse all of them takes longer than to read one.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #connection: PooledConnection;
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #cancel = () => this.#giveUp('ERR_CANCELED', 'the request was cancelled');
  #bytes = 0;
  #isSent = false;
  #status = 0;
  #headers: readonly Buffer[] = [];
  #isSettled = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { origin, pool, signals, timeoutMs } = options;
    this.#connection = pool.take(origin);
    // One turn later: if this process was blocked, the response may be here by now.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), timeoutMs);
    for (const signal of signals) signal.addEventListener('abort', this.#cancel);
  }

  send(request: Dispatcher.DispatchOptions): void {
    this.#connection.send(request, this);
  }

  /** Called right before the request is written. */
  onConnect(): void {
    this.#isSent = true;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    this.#status = status;
    this.#headers = headers;
    const encoding = headerOf(headers, 'content-encoding') ?? '';
    if (encoding !== '' && encoding.toLowerCase() !== 'identity')
      this.#giveUp(
        'ERR_CONTENT_ENCODING',
        `the response has the encoding ${encoding}, which was not asked for`,
      );
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    const { maxResponseBytes } = this.#options;
    if (this.#bytes > maxResponseBytes)
      this.#giveUp('ERR_BAD_RESPONSE', `the response has more than ${maxResponseBytes} bytes`);
    else this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (!this.#settle()) return;
    const { origin, pool, resolve } = this.#options;
    const connection = this.#connection.used;
    pool.release(origin, this.#connection);
    resolve(new ReceivedResponse(this.#status, this.#headers, textOf(this.#chunks), connection));
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
  if (error instanceof errors.HTTPParserError) return 'ERR_BAD_RESPONSE';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return reset.has(code) ? 'ECONNRESET' : code;
}

/** The message of a name with several addresses, none of which could be connected to, is empty. */
function messageOf(error: Error): string {
  return error instanceof AggregateError && error.message === ''
    ? error.errors.map((each: unknown) => (each instanceof Error ? each.message : '')).join(', ')
    : error.message;
}

function textOf(chunks: Buffer[]): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  return bytes.toString('utf8');
}
