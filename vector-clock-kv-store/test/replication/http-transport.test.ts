import { createServer, type Server } from 'node:http';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { Link } from '../../src/replication/link.ts';
import { NoHeartbeatError, RefusedError, RejectedError } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { write } from '../support/sample-write.ts';

type Request = { method: string | undefined; url: string | undefined; body: unknown };

let server: Server;
let transport: HttpTransport;
let requests: Request[];
let respond: (request: Request) => { status: number; body: unknown };

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
      const { status, body } = respond(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  transport = new HttpTransport(
    { id: 'node2', url: `http://127.0.0.1:${port}` },
    {
      self: 'node1',
      life: '0123456789abcdef',
      token: undefined,
      isConfigured: true,
      nextSequence: () => 1,
      tokenSenders: new Set(),
    },
  );
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ownWrite = (counter: number) => write('node1', counter);

describe('HttpTransport', () => {
  it("sends one write as an object, several as a list, and returns the peer's clock", async () => {
    respond = () => ({ status: 202, body: { status: 'applied', vc: { node1: 1 } } });
    expect(await transport.replicate([ownWrite(1)])).toEqual({ node1: 1 });
    await transport.replicate([ownWrite(2), ownWrite(3)]);
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/replicate', ownWrite(1)],
      ['POST', '/replicate', [ownWrite(2), ownWrite(3)]],
    ]);
  });

  it('sends a value unchanged, also the keys that axios drops from objects', async () => {
    respond = () => ({ status: 202, body: {} });
    const value = { name: 'Foo', constructor: 'Acme', meta: { prototype: 'v1' } };
    await transport.replicate([{ ...ownWrite(1), value }]);
    expect(requests[0]?.body).toEqual({ ...ownWrite(1), value });
  });

  it('accepts a response without a clock, and distinguishes a full buffer from a failure', async () => {
    respond = () => ({ status: 200, body: { status: 'ok' } });
    expect(await transport.replicate([ownWrite(1)])).toBeUndefined();
    respond = () => ({ status: 503, body: { error: 'full' } });
    await expect(transport.replicate([ownWrite(1)])).rejects.toThrow(RefusedError);
    respond = () => ({ status: 413, body: { error: 'value: is too large' } });
    await expect(transport.replicate([ownWrite(1)])).rejects.toThrow(RejectedError);
    respond = () => ({ status: 500, body: {} });
    await expect(transport.replicate([ownWrite(1)])).rejects.toThrow('the peer responded 500');
  });

  it("accepts the original's heartbeat, which has fewer fields", async () => {
    respond = () => ({
      status: 200,
      body: { node_id: 'node2', status: 'alive', vector_clock: { node2: 4 } },
    });
    expect(await transport.heartbeat()).toMatchObject({
      clock: { node2: 4 },
      heardOf: { node2: 4 },
      pruned: {},
    });
    respond = () => ({ status: 200, body: { hello: 'world' } });
    await expect(transport.heartbeat()).rejects.toThrow('invalid heartbeat response (status 200)');
    respond = () => ({ status: 404, body: {} });
    await expect(transport.heartbeat()).rejects.toThrow(NoHeartbeatError);
  });

  it('sends whole writes once an implementation without heartbeats has the place of a node', async () => {
    const sent = [write('node1', 1), write('node1', 2)];
    const wire = { reads: [1, 2], writes: 2 };
    respond = () => ({ status: 200, body: { node_id: 'node2', vector_clock: {}, wire } });
    await transport.heartbeat();
    await transport.replicate(sent);
    respond = () => ({ status: 404, body: {} });
    await expect(transport.heartbeat()).rejects.toThrow(NoHeartbeatError);
    respond = () => ({ status: 202, body: {} });
    await transport.replicate(sent);
    const messages = requests.filter(({ url }) => url === '/replicate');
    expect(messages.map(({ body }) => body)).toEqual([[sent[0], { key: 'x', value: 2 }], sent]);
  });
});

describe('Link to a peer that implements only POST /replicate', () => {
  it('sends every write, in order', async () => {
    respond = ({ url }) => (url === '/replicate' ? { status: 202, body: {} } : { status: 404, body: {} });
    const storage = new MemoryStorage();
    const link = new Link({
      self: 'node1',
      storage,
      transport,
      scheduler: realScheduler,
      random: Math.random,
    });
    link.start();
    for (let counter = 1; counter <= 3; counter++) {
      await storage.commit([ownWrite(counter)]);
      link.notify();
    }
    const sent = () => requests.filter(({ url }) => url === '/replicate').flatMap(({ body }) => body);
    await expect.poll(sent, { timeout: 10_000 }).toEqual([ownWrite(1), ownWrite(2), ownWrite(3)]);
    await link.stop();
  });
});
