import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { WrongPeerError } from '../../src/replication/transport.ts';
import { classifyRequests } from '../../src/routes/request-class.ts';
import { createNodeApp, type NodeApp } from '../support/node-app.ts';
import { write } from '../support/sample-write.ts';

const token = 'the cluster token'.replaceAll(' ', '-');
const life = '0123456789abcdef';

const servers: Server[] = [];
let node: NodeApp;
let raw: IncomingMessage[];
/** What arrives at any of the servers. */
let received: { url: string | undefined; headers: IncomingMessage['headers'] }[];

beforeEach(async () => {
  received = [];
  raw = [];
  node = createNodeApp({ token });
  await node.node.start();
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await node.node.stop();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    received.push({ headers: request.headers, url: request.url });
    raw.push(request);
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

let sequence = 0;

/** A transport of node2 to `node1`. */
function transportTo(
  url: string,
  options: { isConfigured?: boolean; token?: string; tokenSenders?: Set<string> } = {},
) {
  return new HttpTransport(
    { id: 'node1', url },
    {
      self: 'node2',
      life,
      token: options.token ?? token,
      isConfigured: options.isConfigured ?? false,
      nextSequence: () => ++sequence,
      tokenSenders: options.tokenSenders ?? new Set(),
    },
  );
}

const fromNode2 = write('node2', 1);
const sentToken = () => received.some(({ headers }) => JSON.stringify(headers).includes(token));

/** Answers heartbeats as a node without proofs does, and accepts everything. */
const stranger: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ node_id: 'node1', name: 'node1', life, vector_clock: {}, removed: ['node2'] }),
  );
};

describe('a peer that proves itself', () => {
  it('gets signed requests, and never the token', async () => {
    const url = await serve(node.app);
    const transport = transportTo(url);
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
    expect((await transport.heartbeat()).name).toBe('node1');
    expect((await transport.snapshot(undefined)).clock).toEqual({ node2: 1 });
    expect((await node.node.heartbeat()).clock).toEqual({ node2: 1 });
    expect(sentToken()).toBe(false);
    expect(received.map(({ url }) => url)).toEqual(['/', '/replicate', '/', '/snapshot']);
  });

  it('counts as a node in rate limits and under overload, with its heartbeats too', async () => {
    const url = await serve(node.app);
    const classOf = classifyRequests(token, { name: 'node1', life: node.node.life });
    const transport = transportTo(url);
    await transport.replicate([fromNode2]);
    await transport.heartbeat();
    const classes = raw.map((request) => classOf(request));
    // Before the proof there is nothing to sign with.
    expect(classes).toEqual(['client', 'peer', 'peer']);
    const foreign = classifyRequests(token, { name: 'node3', life: node.node.life });
    expect(raw.map((request) => foreign(request))).toEqual(['client', 'client', 'client']);
  });

  it('also accepts the token itself, which earlier releases send', async () => {
    const url = await serve(node.app);
    const request = (authorization: string) => fetch(`${url}/snapshot`, { headers: { authorization } });
    expect((await request(`Bearer ${token}`)).status).toBe(200);
    expect((await request(`bearer  ${token}`)).status).toBe(200);
    expect((await request('Bearer wrong')).status).toBe(401);
    const classOf = classifyRequests(token, { name: 'node1', life: node.node.life });
    expect(raw.map((request) => classOf(request))).toEqual(['peer', 'peer', 'client']);
  });

  it('has to prove itself again after a restart, without a lost request', async () => {
    let served = node;
    const url = await serve((request, response) => served.app(request, response));
    const transport = transportTo(url);
    await transport.replicate([fromNode2]);
    served = createNodeApp({ token, life: 'fedcba9876543210' });
    await served.node.start();
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
    await served.node.stop();
  });

  it('refuses a signed request that is changed or repeated', async () => {
    const url = await serve(node.app);
    await transportTo(url).replicate([fromNode2]);
    const [, original] = received.splice(0);
    const authorization = String(original?.headers.authorization);
    const send = (path: string, body: string, header = authorization) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: header, 'content-type': 'application/json' },
        body,
      });
    const body = JSON.stringify(fromNode2);
    expect((await send('/replicate', body)).status).toBe(401);
    const next = authorization.replace(/ (\d+) /, ' 999 ');
    for (const header of [next, authorization.replace('node2', 'node3'), 'Gridclock', 'Gridclock x y 1 z z'])
      expect((await send('/replicate', body, header)).status).toBe(401);
    expect((await send('/replicate', body.replace('"value":1', '"value":2'), next)).status).toBe(401);
    expect((await send('/members', '{"id":"node9","url":"http://10.0.0.9:1"}')).status).toBe(401);
  });
});

describe('a stranger', () => {
  it('gets neither the token nor a write, and its heartbeat is not believed', async () => {
    const url = await serve(stranger);
    const transport = transportTo(url);
    await expect(transport.heartbeat()).rejects.toThrow(WrongPeerError);
    await expect(transport.replicate([fromNode2])).rejects.toThrow('does not prove');
    await expect(transport.join({ id: 'node2', url: 'http://10.0.0.2:1' })).rejects.toThrow('does not prove');
    await expect(transport.snapshot(undefined)).rejects.toThrow('does not prove');
    await expect(transport.claim({ id: 'node2', life, confirm: true })).rejects.toThrow('does not prove');
    expect(sentToken()).toBe(false);
    expect(new Set(received.map(({ url }) => url))).toEqual(new Set(['/']));
  });

  it('that knows another token is not believed, not even at a configured address', async () => {
    const url = await serve(node.app);
    for (const isConfigured of [true, false]) {
      const transport = transportTo(url, { isConfigured, token: 'another-token' });
      await expect(transport.heartbeat()).rejects.toThrow('has another cluster token');
    }
    expect(JSON.stringify(received.map(({ headers }) => headers))).not.toContain('another-token');
  });

  it.each([
    ['changes the heartbeat', (text: string) => text.replace('"removed":[]', '"removed":["node2"]')],
    ['names another node', (text: string) => text.replaceAll('node1', 'node3')],
  ])('that relays the proof of a node and %s is not believed', async (_name, change) => {
    const real = await serve(node.app);
    const relay = await serve(async (request, response) => {
      const { headers } = request;
      const answer = await fetch(`${real}${request.url}`, { headers: headers as Record<string, string> });
      const proof = answer.headers.get('x-gridclock-proof') ?? '';
      response.writeHead(200, { 'content-type': 'application/json', 'x-gridclock-proof': proof });
      response.end(change(await answer.text()));
    });
    await expect(transportTo(relay).heartbeat()).rejects.toThrow(WrongPeerError);
    await expect(transportTo(relay, { isConfigured: true }).heartbeat()).rejects.toThrow(WrongPeerError);
  });

  it('cannot use an old proof', async () => {
    const real = await serve(node.app);
    const first = await fetch(real, { headers: { 'x-gridclock-challenge': 'A'.repeat(22) } });
    const [proof, text] = [first.headers.get('x-gridclock-proof') ?? '', await first.text()];
    expect(proof).not.toBe('');
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-gridclock-proof': proof }).end(text);
    });
    await expect(transportTo(url).heartbeat()).rejects.toThrow(WrongPeerError);
  });

  it('that takes the place of a configured node which has proved itself is not believed', async () => {
    let listener: RequestListener = node.app;
    const url = await serve((request, response) => listener(request, response));
    const transport = transportTo(url, { isConfigured: true });
    await transport.heartbeat();
    listener = stranger;
    await expect(transport.heartbeat()).rejects.toThrow('does not prove');
    await expect(transport.replicate([fromNode2])).rejects.toThrow('does not prove');
    expect(sentToken()).toBe(false);
    listener = node.app;
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
  });
});

describe('a configured peer of an earlier release or another implementation', () => {
  it('gets the token, because PEERS names it', async () => {
    const url = await serve(stranger);
    const transport = transportTo(url, { isConfigured: true });
    expect((await transport.heartbeat()).name).toBe('node1');
    await transport.replicate([fromNode2]);
    expect(received.at(-1)).toMatchObject({
      url: '/replicate',
      headers: { authorization: `Bearer ${token}` },
    });
    // Heartbeats need none.
    expect(received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('gets the token again after a rollback, once it has sent the token itself', async () => {
    let listener: RequestListener = node.app;
    const url = await serve((request, response) => listener(request, response));
    const tokenSenders = new Set<string>();
    const transport = transportTo(url, { isConfigured: true, tokenSenders });
    await transport.replicate([fromNode2]);
    listener = stranger;
    await expect(transport.heartbeat()).rejects.toThrow('does not prove');
    const self = createNodeApp({ token, onTokenFrom: (name) => tokenSenders.add(name) });
    const own = await serve(self.app);
    const claim = (authorization: string) =>
      fetch(`${own}/claims`, { method: 'POST', headers: { authorization, 'x-gridclock-node': 'node1' } });
    await claim('Bearer wrong');
    expect(tokenSenders).toEqual(new Set());
    await claim(`Bearer ${token}`);
    await transport.heartbeat();
    await transport.replicate([fromNode2]);
    expect(received.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
    listener = node.app;
    await transport.heartbeat();
    expect(tokenSenders).toEqual(new Set());
    await self.node.stop();
  });

  it('gets the token also if it has no heartbeats, or wants it for them', async () => {
    const url = await serve((request, response) => {
      const allowed = request.headers.authorization === `Bearer ${token}`;
      response.writeHead(request.url === '/replicate' && allowed ? 202 : allowed ? 404 : 401).end('{}');
    });
    await transportTo(url, { isConfigured: true }).replicate([fromNode2]);
    expect(received.map(({ url }) => url)).toEqual(['/', '/', '/replicate']);
  });
});
