import { request as httpRequest, IncomingMessage, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Express } from 'express';
import { listenerOf } from '../../src/hot/hot-listener.ts';
import { listen } from '../../src/process/lifecycle.ts';

export type Sent = {
  path: string;
  /** A POST with JSON; without it, a GET. */
  body?: string | undefined;
  headers?: Record<string, string>;
};

/** A response, without what differs from one to the next. */
export type Received = { status: number | undefined; headers: object; body: string };

/** Two equal apps, one of which serves with its hot routes. */
export type HotAndPlain = {
  /** Sends a request to both, and returns the response of the one with hot routes first. */
  send: (sent: Sent) => Promise<[Received, Received]>;
  /** How many responses came from hot routes. */
  hotResponses: () => number;
  /** How many requests each has counted, by method, route and status. */
  counts: () => Promise<[string[], string[]]>;
  /** Where each listens. */
  ports: readonly number[];
  close: () => void;
};

/** Serves two apps that were created alike, the first one with its hot routes. */
export async function serveHotAndPlain(hot: Express, plain: Express): Promise<HotAndPlain> {
  let hotResponses = 0;
  const count: RequestListener = (request, response) => {
    // Express changes the prototype of a request.
    response.once('finish', () => {
      if (Object.getPrototypeOf(request) === IncomingMessage.prototype) hotResponses++;
    });
    listenerOf(hot)(request, response);
  };
  const servers = [await listen(count, 0, '127.0.0.1'), await listen(plain, 0, '127.0.0.1')] as const;
  const both = async <Result>(of: (port: number) => Promise<Result>): Promise<[Result, Result]> => {
    const [first, second] = servers.map(portOf).map(of);
    if (first === undefined || second === undefined) throw new Error('there are two servers');
    return Promise.all([first, second]);
  };
  return {
    send: (sent) => both((port) => exchange(port, sent)),
    hotResponses: () => hotResponses,
    ports: servers.map(portOf),
    counts: () =>
      both(async (port) => {
        const { body } = await exchange(port, { path: '/metrics' });
        return body.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'));
      }),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Sends a request with its body in one piece, as hot routes need it. */
function exchange(port: number, { body, headers = {}, path }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const all = {
      'x-request-id': 'the-same',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const method = body === undefined ? 'GET' : 'POST';
    httpRequest({ host: '127.0.0.1', port, path, method, headers: all }, (response) => {
      const { headers: received, statusCode: status } = response;
      text(response).then(
        (content) => resolve({ status, headers: { ...received, date: undefined }, body: content }),
        reject,
      );
    })
      .once('error', reject)
      .end(body);
  });
}
