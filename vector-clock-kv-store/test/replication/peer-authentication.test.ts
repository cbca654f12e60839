import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyRequests } from '../../src/routes/request-class.ts';
import { AuthenticatedPeers, fromNode2, stranger, token } from '../support/authenticated-peers.ts';
import { createNodeApp } from '../support/node-app.ts';

let peers: AuthenticatedPeers;

beforeEach(async () => {
  peers = await new AuthenticatedPeers().start();
});

afterEach(() => peers.stop());

describe('a peer that proves itself', () => {
  it('gets signed requests, and never the token', async () => {
    const url = await peers.serve(peers.node.app);
    const transport = peers.transportTo(url);
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
    expect((await transport.heartbeat()).name).toBe('node1');
    expect((await transport.snapshot(undefined)).clock).toEqual({ node2: 1 });
    expect((await peers.node.node.heartbeat()).clock).toEqual({ node2: 1 });
    expect(peers.sentToken()).toBe(false);
    expect(peers.received.map(({ url }) => url)).toEqual(['/', '/replicate', '/', '/snapshot']);
  });

  it('counts as a node in rate limits and under overload, with its heartbeats too', async () => {
    const url = await peers.serve(peers.node.app);
    const classOf = classifyRequests(token, { name: 'node1', life: peers.node.node.life });
    const transport = peers.transportTo(url);
    await transport.replicate([fromNode2]);
    await transport.heartbeat();
    const classes = peers.raw.map((request) => classOf(request));
    // Before the proof there is nothing to sign with.
    expect(classes).toEqual(['client', 'peer', 'peer']);
    const foreign = classifyRequests(token, { name: 'node3', life: peers.node.node.life });
    expect(peers.raw.map((request) => foreign(request))).toEqual(['client', 'client', 'client']);
  });

  it('also accepts the token itself, which earlier releases send', async () => {
    const url = await peers.serve(peers.node.app);
    const request = (authorization: string) => fetch(`${url}/snapshot`, { headers: { authorization } });
    expect((await request(`Bearer ${token}`)).status).toBe(200);
    expect((await request(`bearer  ${token}`)).status).toBe(200);
    expect((await request('Bearer wrong')).status).toBe(401);
    const classOf = classifyRequests(token, { name: 'node1', life: peers.node.node.life });
    expect(peers.raw.map((request) => classOf(request))).toEqual(['peer', 'peer', 'client']);
  });

  it('has to prove itself again after a restart, without a lost request', async () => {
    let served = peers.node;
    const url = await peers.serve((request, response) => served.app(request, response));
    const transport = peers.transportTo(url);
    await transport.replicate([fromNode2]);
    served = createNodeApp({ token, life: 'fedcba9876543210' });
    await served.node.start();
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
    await served.node.stop();
  });

  it('refuses a signed request that is changed or repeated', async () => {
    const url = await peers.serve(peers.node.app);
    await peers.transportTo(url).replicate([fromNode2]);
    const [, original] = peers.received.splice(0);
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

describe('a configured peer of an earlier release or another implementation', () => {
  it('gets the token, because PEERS names it', async () => {
    const url = await peers.serve(stranger);
    const transport = peers.transportTo(url, { isConfigured: true });
    expect((await transport.heartbeat()).name).toBe('node1');
    await transport.replicate([fromNode2]);
    expect(peers.received.at(-1)).toMatchObject({
      url: '/replicate',
      headers: { authorization: `Bearer ${token}` },
    });
    // Heartbeats need none.
    expect(peers.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('gets the token again after a rollback, once it has sent the token itself', async () => {
    let listener: RequestListener = peers.node.app;
    const url = await peers.serve((request, response) => listener(request, response));
    const tokenSenders = new Set<string>();
    const transport = peers.transportTo(url, { isConfigured: true, tokenSenders });
    await transport.replicate([fromNode2]);
    listener = stranger;
    await expect(transport.heartbeat()).rejects.toThrow('does not prove');
    const self = createNodeApp({ token, onTokenFrom: (name) => tokenSenders.add(name) });
    const own = await peers.serve(self.app);
    const claim = (authorization: string) =>
      fetch(`${own}/claims`, { method: 'POST', headers: { authorization, 'x-gridclock-node': 'node1' } });
    await claim('Bearer wrong');
    expect(tokenSenders).toEqual(new Set());
    await claim(`Bearer ${token}`);
    await transport.heartbeat();
    await transport.replicate([fromNode2]);
    expect(peers.received.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
    listener = peers.node.app;
    await transport.heartbeat();
    expect(tokenSenders).toEqual(new Set());
    await self.node.stop();
  });

  it('gets the token also if it has no heartbeats, or wants it for them', async () => {
    const url = await peers.serve((request, response) => {
      const allowed = request.headers.authorization === `Bearer ${token}`;
      response.writeHead(request.url === '/replicate' && allowed ? 202 : allowed ? 404 : 401).end('{}');
    });
    await peers.transportTo(url, { isConfigured: true }).replicate([fromNode2]);
    expect(peers.received.map(({ url }) => url)).toEqual(['/', '/', '/replicate']);
  });
});
