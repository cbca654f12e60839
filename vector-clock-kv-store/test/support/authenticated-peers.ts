import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { createNodeApp, type NodeApp } from './node-app.ts';
import { write } from './sample-write.ts';

export const token = 'the-cluster-token';
export const life = '0123456789abcdef';
export const fromNode2 = write('node2', 1);

/** Answers heartbeats as a node without proofs does, and accepts everything. */
export const stranger: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ node_id: 'node1', name: 'node1', life, vector_clock: {}, removed: ['node2'] }),
  );
};

/** Servers that stand for `node1`, one of them a node with a token, and transports of `node2` to them. */
export class AuthenticatedPeers {
  /** What arrives at any of the servers. */
  readonly received: { url: string | undefined; headers: IncomingMessage['headers'] }[] = [];
  readonly raw: IncomingMessage[] = [];
  readonly node: NodeApp = createNodeApp({ token });
  readonly #servers: Server[] = [];
  #sequence = 0;

  async start(): Promise<this> {
    await this.node.node.start();
    return this;
  }

  async serve(listener: RequestListener): Promise<string> {
    const server = createServer((request, response) => {
      this.received.push({ headers: request.headers, url: request.url });
      this.raw.push(request);
      listener(request, response);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** A transport of node2 to `node1`. */
  transportTo(
    url: string,
    options: { isConfigured?: boolean; token?: string; tokenSenders?: Set<string> } = {},
  ): HttpTransport {
    return new HttpTransport(
      { id: 'node1', url },
      {
        self: 'node2',
        life,
        token: options.token ?? token,
        isConfigured: options.isConfigured ?? false,
        nextSequence: () => ++this.#sequence,
        tokenSenders: options.tokenSenders ?? new Set(),
      },
    );
  }

  sentToken(): boolean {
    return this.received.some(({ headers }) => JSON.stringify(headers).includes(token));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.node.node.stop();
  }
}
