import { type Exchange, exchange } from '@gridclock/judge-kit';
import type { VectorClock } from '../../../causality/vector-clock.ts';
import { findClock, formatClockAs, readClock } from '../dialect/clock-form.ts';
import type { Dialect, RouteForm } from '../dialect/dialect.ts';
import { formatMessage, type Message } from '../dialect/message-form.ts';

/** What a node shows in `GET /state`. */
export type ShownState = {
  /** How many messages wait; undefined if the node does not show it. */
  buffered: number | undefined;
  clock: VectorClock | undefined;
};

/** A node responded to an operation with something else than success. */
export class UnexpectedResponse extends Error {
  override readonly name = 'UnexpectedResponse';
  readonly status: number;

  constructor(operation: string, { status, text }: Exchange) {
    super(`${operation} got ${status} ${text.slice(0, 300)}`);
    this.status = status;
  }
}

const bufferNames = [
  'buffered',
  'buffer',
  'pending',
  'queue',
  'message_buffer',
  'buffered_messages',
  'buffer_size',
];

/** Talks to one judged node in its dialect. */
export class ContractClient {
  readonly url: string;
  readonly #dialect: Pick<Dialect, 'put' | 'get' | 'replicate' | 'message' | 'answerClock'>;
  readonly #ids: readonly string[];

  constructor(
    url: string,
    dialect: Pick<Dialect, 'put' | 'get' | 'replicate' | 'message' | 'answerClock'>,
    ids: readonly string[],
  ) {
    this.url = url;
    this.#dialect = dialect;
    this.#ids = ids;
  }

  /** Writes a value and resolves to the clock in the response. @throws UnexpectedResponse */
  async put(key: string, value: unknown, context?: VectorClock): Promise<VectorClock | undefined> {
    const response = await this.tryPut(key, value, context);
    if (!isSuccess(response)) throw new UnexpectedResponse(`put ${key}`, response);
    return findClock(response.body, this.#ids)?.vc;
  }

  tryPut(key: string, value: unknown, context?: VectorClock): Promise<Exchange> {
    return this.raw(this.#dialect.put, {
      json: { key, value, ...(context === undefined ? {} : { vc: this.#context(context) }) },
    });
  }

  /** Reads a key; null if it has no value, also if the node says so with 404. @throws UnexpectedResponse */
  async get(key: string, context?: VectorClock): Promise<{ value: unknown; vc: VectorClock | undefined }> {
    const response = await this.tryGet(key, context);
    if (response.status === 404) return { value: null, vc: findClock(response.body, this.#ids)?.vc };
    if (!isSuccess(response)) throw new UnexpectedResponse(`get ${key}`, response);
    const { body } = response;
    const fields =
      typeof body === 'object' && body !== null ? new Map<string, unknown>(Object.entries(body)) : undefined;
    return { value: fields?.get('value') ?? null, vc: findClock(body, this.#ids)?.vc };
  }

  async tryGet(key: string, context?: VectorClock): Promise<Exchange> {
    const { path } = this.#dialect.get;
    const query =
      context === undefined
        ? ''
        : `${path.includes('?') ? '&' : '?'}vc=${encodeURIComponent(JSON.stringify(this.#context(context)))}`;
    return exchange(`${this.url}${path.replace('{key}', encodeURIComponent(key))}${query}`);
  }

  /** Sends a message as a peer does. @throws UnexpectedResponse */
  async inject(message: Message): Promise<Exchange> {
    const response = await this.raw(this.#dialect.replicate, {
      json: formatMessage(message, this.#dialect.message, this.#ids),
    });
    if (!isSuccess(response))
      throw new UnexpectedResponse(`the message ${message.key}=${message.value}`, response);
    return response;
  }

  raw({ method, path }: RouteForm, options: { json: unknown } | { raw: string }): Promise<Exchange> {
    return exchange(`${this.url}${path}`, { method, ...options });
  }

  async state(): Promise<ShownState> {
    const [state, heartbeat] = await Promise.all(
      ['/state', '/'].map((path) => exchange(`${this.url}${path}`).catch(() => undefined)),
    );
    const clock = findClock(state?.body, this.#ids)?.vc ?? findClock(heartbeat?.body, this.#ids)?.vc;
    return { buffered: countBuffered(state?.body), clock };
  }

  /** Whether the node responds to a read with anything but a 5xx. */
  async isServing(): Promise<boolean> {
    return (await this.tryGet('no key')).status < 500;
  }

  #context(context: VectorClock): unknown {
    return formatClockAs(this.#dialect.answerClock?.form ?? 'object', context, this.#ids);
  }
}

export function isSuccess({ status }: Exchange): boolean {
  return status >= 200 && status < 300;
}

function countBuffered(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(body));
  for (const name of bufferNames) {
    const shown = fields.get(name);
    if (typeof shown === 'number') return shown;
    if (Array.isArray(shown)) return shown.length;
    if (typeof shown === 'object' && shown !== null && readClock(shown, []) === undefined)
      return Object.keys(shown).length;
  }
  return undefined;
}
