import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OperatedCluster } from '../support/operated-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const token = 'a-cluster-token-that-nobody-guesses';
const variables = { CLUSTER_TOKEN: token };

let cluster: OperatedCluster;
const strangers: Server[] = [];

beforeEach(async () => {
  cluster = await OperatedCluster.plan(directory.path);
  await cluster.start(['node1', 'node2', 'node3'], variables);
});

afterEach(async () => {
  for (const stranger of strangers.splice(0)) {
    stranger.closeAllConnections();
    stranger.close();
  }
  await cluster.stop();
});

type Received = { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders };

/** Serves as a node that has removed node1, and records what it receives. */
async function startStranger(name: string, port: number): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(({ headers, method, url }, response) => {
    received.push({ headers, method, url });
    response.writeHead(200, { 'content-type': 'application/json' });
    const heartbeat = { node_id: name, name, clock_id: name, life: '0123456789abcdef', status: 'ok' };
    response.end(JSON.stringify({ ...heartbeat, vector_clock: {}, removed: ['node1'], peers: [] }));
  });
  strangers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${bound}`, received };
}

const post = (path: string, body: object, authorization = `Bearer ${token}`) =>
  fetch(`${cluster.url('node1')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
const put = (acks: number) => post('/put', { key: 'x', value: 1, acks });
const heartbeatSchema = z.object({ status: z.string(), peers: z.array(z.unknown()) });
const heartbeat = async () => heartbeatSchema.parse(await (await fetch(cluster.url('node1'))).json());
const headersOf = (received: readonly Received[]) => JSON.stringify(received.map(({ headers }) => headers));

describe('a stranger at an address that a cluster with a token learns', () => {
  it('receives heartbeat requests only, without the token', async () => {
    const { received, url } = await startStranger('node9', 0);
    expect((await post('/members', { id: 'node9', url: `${url}/latest/meta-data?x=` })).status).toBe(400);
    expect((await post('/members', { id: 'node9', url: 'http://169.254.169.254' })).status).toBe(400);
    expect(received).toEqual([]);
    expect((await post('/members', { id: 'node9', url })).status).toBe(200);
    expect((await put(3)).status).toBe(200);
    // From all three nodes, several times.
    const askers = () => new Set(received.map(({ headers }) => headers['x-gridclock-node'])).size;
    await expect.poll(() => askers() === 3 && received.length > 9, { timeout: 30_000 }).toBe(true);
    expect(new Set(received.map(({ method, url }) => `${method} ${url}`))).toEqual(new Set(['GET /']));
    expect(headersOf(received)).not.toContain(token);
    expect(headersOf(received)).not.toContain('authorization');
    expect((await heartbeat()).status).toBe('ok');
  });

  it('changes no address, although a claim names its own for a node that is down', async () => {
    await cluster.kill('node2');
    const { received, url } = await startStranger('node2', 0);
    const claim = { id: 'node2', url, life: '0123456789abcdef', confirm: true };
    await post('/claims', claim);
    expect(received.map(({ url }) => url)).toContain('/');
    expect((await heartbeat()).peers).toContainEqual({ id: 'node2', url: cluster.url('node2') });
    expect(headersOf(received)).not.toContain(token);
  });
});

describe('a stranger that takes the address of a configured node', () => {
  it('neither gets the token nor removes a node', async () => {
    expect((await put(3)).status).toBe(200);
    await cluster.kill('node2');
    const { received } = await startStranger('node2', Number(new URL(cluster.url('node2')).port));
    await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThan(9);
    expect((await put(2)).status).toBe(200);
    expect((await heartbeat()).status).toBe('ok');
    expect(new Set(received.map(({ method, url }) => `${method} ${url}`))).toEqual(new Set(['GET /']));
    expect(headersOf(received)).not.toContain(token);
  });
});
