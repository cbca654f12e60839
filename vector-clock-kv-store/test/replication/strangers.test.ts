import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WrongPeerError } from '../../src/replication/transport.ts';
import { AuthenticatedPeers, fromNode2, life, stranger } from '../support/authenticated-peers.ts';

let peers: AuthenticatedPeers;

beforeEach(async () => {
  peers = await new AuthenticatedPeers().start();
});

afterEach(() => peers.stop());

describe('a stranger', () => {
  it('gets neither the token nor a write, and its heartbeat is not believed', async () => {
    const url = await peers.serve(stranger);
    const transport = peers.transportTo(url);
    await expect(transport.heartbeat()).rejects.toThrow(WrongPeerError);
    await expect(transport.replicate([fromNode2])).rejects.toThrow('does not prove');
    await expect(transport.join({ id: 'node2', url: 'http://10.0.0.2:1' })).rejects.toThrow('does not prove');
    await expect(transport.snapshot(undefined)).rejects.toThrow('does not prove');
    await expect(transport.claim({ id: 'node2', life, confirm: true })).rejects.toThrow('does not prove');
    expect(peers.sentToken()).toBe(false);
    expect(new Set(peers.received.map(({ url }) => url))).toEqual(new Set(['/']));
  });

  it('that knows another token is not believed, not even at a configured address', async () => {
    const url = await peers.serve(peers.node.app);
    for (const isConfigured of [true, false]) {
      const transport = peers.transportTo(url, { isConfigured, token: 'another-token' });
      await expect(transport.heartbeat()).rejects.toThrow('has another cluster token');
    }
    expect(JSON.stringify(peers.received.map(({ headers }) => headers))).not.toContain('another-token');
  });

  it.each([
    ['changes the heartbeat', (text: string) => text.replace('"removed":[]', '"removed":["node2"]')],
    ['names another node', (text: string) => text.replaceAll('node1', 'node3')],
  ])('that relays the proof of a node and %s is not believed', async (_name, change) => {
    const real = await peers.serve(peers.node.app);
    const relay = await peers.serve(async (request, response) => {
      const { headers } = request;
      const answer = await fetch(`${real}${request.url}`, { headers: headers as Record<string, string> });
      const proof = answer.headers.get('x-gridclock-proof') ?? '';
      response.writeHead(200, { 'content-type': 'application/json', 'x-gridclock-proof': proof });
      response.end(change(await answer.text()));
    });
    await expect(peers.transportTo(relay).heartbeat()).rejects.toThrow(WrongPeerError);
    await expect(peers.transportTo(relay, { isConfigured: true }).heartbeat()).rejects.toThrow(
      WrongPeerError,
    );
  });

  it('cannot use an old proof', async () => {
    const real = await peers.serve(peers.node.app);
    const first = await fetch(real, { headers: { 'x-gridclock-challenge': 'A'.repeat(22) } });
    const [proof, text] = [first.headers.get('x-gridclock-proof') ?? '', await first.text()];
    expect(proof).not.toBe('');
    const url = await peers.serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-gridclock-proof': proof }).end(text);
    });
    await expect(peers.transportTo(url).heartbeat()).rejects.toThrow(WrongPeerError);
  });

  it('that takes the place of a configured node which has proved itself is not believed', async () => {
    let listener: RequestListener = peers.node.app;
    const url = await peers.serve((request, response) => listener(request, response));
    const transport = peers.transportTo(url, { isConfigured: true });
    await transport.heartbeat();
    listener = stranger;
    await expect(transport.heartbeat()).rejects.toThrow('does not prove');
    await expect(transport.replicate([fromNode2])).rejects.toThrow('does not prove');
    expect(peers.sentToken()).toBe(false);
    listener = peers.node.app;
    expect(await transport.replicate([fromNode2])).toEqual({ node2: 1 });
  });
});
