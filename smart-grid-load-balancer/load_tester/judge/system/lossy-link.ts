import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type LossyLinkOptions = {
  host: string;
  /** 0: any free port. */
  port: number;
  /** The URL of the service behind it. */
  target: string;
};

/** A proxy between a balancer and a substation, which can lose the answers to charges. */
export class LossyLink {
  /** Called for the answer to each charge: whether it gets lost. */
  losesAnswer: () => boolean = () => false;
  /** How many answers it has lost. */
  lost = 0;
  readonly host: string;
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor({ host, target }: LossyLinkOptions) {
    this.host = host;
    this.#target = target;
    this.#server = createServer((received, response) => {
      const { method = 'GET', url = '/' } = received;
      const isCharge = method === 'POST' && url === '/charge';
      // A connection for each request: how the judged program treats its connections is not what is judged here.
      const { 'transfer-encoding': _encoding, connection: _connection, ...headers } = received.headers;
      const sent = send(`${target}${url}`, { method, headers, agent: false }, (answer) => {
        if (isCharge && answer.statusCode === 200 && this.losesAnswer()) {
          this.lost += 1;
          answer.resume().on('end', () => response.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      sent.on('error', () => response.destroy());
      received.on('error', () => sent.destroy()).pipe(sent);
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    });
  }

  static async listen(options: LossyLinkOptions): Promise<LossyLink> {
    const link = new LossyLink(options);
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject).listen(options.port, options.host, () => resolve());
    });
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** The service behind it. */
  get target(): string {
    return this.#target;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
