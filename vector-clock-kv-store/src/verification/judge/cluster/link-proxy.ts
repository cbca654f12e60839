import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { readBody } from '@gridclock/judge-kit';
import { type Message, readMessages } from '../dialect/message-form.ts';

/**
 * What a link does with messages: passes them on after a time, once or twice; loses them; or passes them on and loses
 * the response. A lost one ends with a broken connection.
 */
export type Fate = { afterMs: number; kind: 'pass' | 'double' | 'lose' | 'lose response' };

type LinkObserver = {
  /** Messages leave the sender. */
  onSend: (link: LinkProxy, messages: readonly Message[]) => void;
  /** The receiver has answered them with 2xx, and said what has become of them, if it follows the contract in this. */
  onReceive: (link: LinkProxy, messages: readonly Message[], status: unknown) => void;
};

export type LinkOptions = LinkObserver & {
  from: string;
  to: string;
  /** The receiver's URL. */
  target: string;
  /** All node ids, in the order of list-valued clocks. */
  ids: readonly string[];
  fateOf: (link: LinkProxy) => Fate;
};

/** The link from one node to another: an HTTP proxy that the sender takes for the receiver. */
export class LinkProxy {
  readonly from: string;
  readonly to: string;
  readonly #options: LinkOptions;
  readonly #server: Server;
  #isCut = false;
  #isHealed = false;
  #held: Promise<void> | undefined;
  #release = () => {};

  private constructor(options: LinkOptions) {
    this.from = options.from;
    this.to = options.to;
    this.#options = options;
    this.#server = createServer((received, response) => {
      this.#handle(received, response).catch(() => received.socket.destroy());
    });
  }

  static async listen(options: LinkOptions): Promise<LinkProxy> {
    const link = new LinkProxy(options);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** While a link is cut, every request on it breaks, heartbeats too. */
  set isCut(isCut: boolean) {
    this.#isCut = isCut;
  }

  /** From now on, passes all messages on at once. */
  heal(): void {
    this.#isCut = false;
    this.#isHealed = true;
  }

  /** Keeps messages until `release`. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#held = undefined;
    this.#release();
  }

  close(): void {
    this.release();
    this.#server.close().closeAllConnections();
  }

  async #handle(received: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isCut) {
      received.socket.destroy();
      return;
    }
    const body = await readBody(received);
    const messages = received.method === 'GET' ? undefined : this.#messagesIn(body);
    const fate: Fate =
      messages === undefined || this.#isHealed ? { afterMs: 0, kind: 'pass' } : this.#options.fateOf(this);
    if (messages !== undefined) {
      this.#options.onSend(this, messages);
      await this.#held;
    }
    if (fate.afterMs > 0) await setTimeout(fate.afterMs);
    if (fate.kind === 'lose' || this.#isCut) {
      received.socket.destroy();
      return;
    }
    const answer = await this.#forward(received, body);
    if (fate.kind === 'double') await this.#forward(received, body);
    if (messages !== undefined && answer.status < 300)
      this.#options.onReceive(this, messages, statusIn(answer.body));
    if (fate.kind === 'lose response') received.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #messagesIn(body: Buffer): Message[] | undefined {
    try {
      return readMessages(JSON.parse(body.toString()), this.#options.ids)?.messages;
    } catch {
      return undefined;
    }
  }

  #forward(received: IncomingMessage, body: Buffer) {
    const { method, url, headers } = received;
    return new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>(
      (resolve, reject) => {
        const sent = request(`${this.#options.target}${url}`, {
          method,
          headers: endToEnd(headers),
          agent: false,
        });
        sent.on('error', reject).on('response', async (answer) => {
          try {
            const text = await readBody(answer);
            resolve({ status: answer.statusCode ?? 502, headers: endToEnd(answer.headers), body: text });
          } catch (error) {
            reject(error);
          }
        });
        sent.end(body);
      },
    );
  }
}

/** `status` of the contract's answer to a message. */
function statusIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())?.status;
  } catch {
    return undefined;
  }
}

/** The headers that a proxy passes on. The length is known, so that the other side need not chunk. */
function endToEnd(headers: IncomingMessage['headers']): Record<string, string> {
  const own = ['connection', 'keep-alive', 'transfer-encoding', 'host', 'upgrade'];
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || own.includes(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
