import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '@gridclock/judge-kit';
import { merge, type VectorClock, zeroClock } from '../../../causality/vector-clock.ts';
import { formatClockAs } from '../dialect/clock-form.ts';
import { type Message, type MessageForm, readMessages } from '../dialect/message-form.ts';

/** A message that a fake peer got, and how it came. */
export type ReceivedMessage = Message & { method: string; path: string; form: MessageForm };

/** What a fake peer does with messages: take them, refuse them with 503, or break the connection. */
export type PeerMode = 'accept' | 'refuse' | 'cut';

/** A peer of a judged node that the judge plays itself, with the routes of the contract and no others. */
export class FakePeer {
  readonly id: string;
  readonly #ids: readonly string[];
  readonly #server: Server;
  readonly #received: ReceivedMessage[] = [];
  /** The writes of the judged node that it has taken, and those that it has sent itself. */
  #clock: VectorClock = zeroClock;
  /** How many messages it did not take. */
  #rejected = 0;
  mode: PeerMode = 'accept';

  private constructor(id: string, ids: readonly string[]) {
    this.id = id;
    this.#ids = ids;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async listen(id: string, ids: readonly string[]): Promise<FakePeer> {
    const peer = new FakePeer(id, ids);
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get received(): readonly ReceivedMessage[] {
    return this.#received;
  }

  get rejected(): number {
    return this.#rejected;
  }

  /** Counts a message that the judge sent under this peer's name. */
  sent({ vc }: Message): void {
    this.#clock = merge(this.#clock, vc);
  }

  close(): void {
    this.#server.close().closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await readJson(request).catch(() => undefined);
    const path = url.split('?', 1)[0] ?? '/';
    const found = method === 'GET' ? undefined : readMessages(body, this.#ids);
    if (found !== undefined && this.mode !== 'accept') {
      this.#rejected += found.messages.length;
      if (this.mode === 'cut') request.socket.destroy();
      else answer(response, 503, { error: 'unavailable' });
    } else if (found !== undefined) {
      for (const message of found.messages) {
        this.#received.push({ ...message, method, path, form: found.form });
        this.#clock = merge(this.#clock, message.vc);
      }
      const vc = formatClockAs(found.form.clock, this.#clock, this.#ids);
      answer(response, 202, { status: 'applied', vc });
    } else if (method === 'GET' && path === '/') {
      answer(response, 200, { node_id: this.id, status: 'ok', vector_clock: this.#clock });
    } else if (method === 'GET' && path === '/health') answer(response, 200, { status: 'ok' });
    else answer(response, 404, { error: 'not found' });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await readBody(request)).toString());
}
