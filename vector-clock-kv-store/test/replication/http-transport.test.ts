import { createServer, type Server } from 'node:http';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { Link } from '../../src/replication/link.ts';
import { NoHeartbeatError, RefusedError } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

type Request = { method: string | undefined; url: string | undefined; body: unknown };

let server: Server;
let transport: HttpTransport;
let requests: Request[];
let answer: (request: Request) => { status: number; body: unknown };

beforeEach(async () => {
  requests = [];
  server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    incoming.on('end', () => {
      const request = {
        method: incoming.method,
        url: incoming.url,
        body: text === '' ? undefined : JSON.parse(text),
      };
      requests.push(request);
      const { status, body } = answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  transport = new HttpTransport('node1', { id: 'node2', url: `http://127.0.0.1:${port}` }, undefined);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const write = (counter: number) => ({ sender: 'node1', key: 'x', value: counter, vc: { node1: counter } });

describe('the way to a peer over HTTP', () => {
  it('sends one write as an object and several as a list, and takes the clock of the answer', async () => {
    answer = () => ({ status: 202, body: { status: 'applied', vc: { node1: 1 } } });
    expect(await transport.replicate([write(1)])).toEqual({ node1: 1 });
    await transport.replicate([write(2), write(3)]);
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/replicate', write(1)],
      ['POST', '/replicate', [write(2), write(3)]],
    ]);
  });

  it('does without a clock where the peer tells none, and tells a full buffer from a fault', async () => {
    answer = () => ({ status: 200, body: { status: 'ok' } });
    expect(await transport.replicate([write(1)])).toBeUndefined();
    answer = () => ({ status: 503, body: { error: 'full' } });
    await expect(transport.replicate([write(1)])).rejects.toThrow(RefusedError);
    answer = () => ({ status: 500, body: {} });
    await expect(transport.replicate([write(1)])).rejects.toThrow('the peer answered 500');
  });

  it('reads the heartbeat of the original, which says less than ours', async () => {
    answer = () => ({ status: 200, body: { node_id: 'node2', status: 'alive', vector_clock: { node2: 4 } } });
    expect(await transport.heartbeat()).toMatchObject({
      clock: { node2: 4 },
      heardOf: { node2: 4 },
      pruned: {},
    });
    answer = () => ({ status: 200, body: { hello: 'world' } });
    await expect(transport.heartbeat()).rejects.toThrow('not as a node');
    answer = () => ({ status: 404, body: {} });
    await expect(transport.heartbeat()).rejects.toThrow(NoHeartbeatError);
  });
});

describe('a peer that has only POST /replicate', () => {
  it('gets every write, in order', async () => {
    answer = ({ url }) => (url === '/replicate' ? { status: 202, body: {} } : { status: 404, body: {} });
    const storage = new MemoryStorage();
    const link = new Link({
      self: 'node1',
      peer: 'node2',
      storage,
      transport,
      scheduler: realScheduler,
      random: Math.random,
    });
    link.start();
    for (let counter = 1; counter <= 3; counter++) {
      await storage.commit([write(counter)]);
      link.notify();
    }
    const sent = () => requests.filter(({ url }) => url === '/replicate').flatMap(({ body }) => body);
    await expect.poll(sent, { timeout: 10_000 }).toEqual([write(1), write(2), write(3)]);
    await link.stop();
  });
});
