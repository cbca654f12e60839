import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LIMIT_BYTES = 4_000_000;
const VALUE = 'v'.repeat(300_000);

const directory = temporaryDirectory();
const messageSchema = z.object({ sender: z.string(), vc: z.record(z.string(), z.number()) });
let node: LocalService;
let log: string[];
/** A node of another implementation: it has a heartbeat and takes writes, and nothing else. */
let peer: Server;
let isUp: boolean;
let received: number;

beforeEach(async () => {
  [isUp, received, log] = [true, 0, []];
  const port = await freePort();
  peer = createServer(async (request, response) => {
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const clock = () => ({ node1: received, node2: 0 });
    if (!isUp) response.destroy();
    else if (request.method === 'GET' && request.url === '/')
      send(200, { node_id: 'node2', status: 'ok', vector_clock: clock() });
    else if (request.url === '/replicate') {
      for (const { vc } of z.array(messageSchema).parse([await json(request)].flat()))
        received = Math.max(received, vc.node1 ?? 0);
      send(202, { status: 'applied', vc: clock() });
    } else send(404, {});
  }).listen(port, '127.0.0.1');
  node = startLocalService({
    name: 'node1',
    entryFile: nodeEntry,
    port: await freePort(),
    environment: {
      NODE_ID: 'node1',
      PEERS: `node2=http://127.0.0.1:${port}`,
      PEER_WAIT_MS: '1000',
      DATA_DIR: directory.path,
      LOG_RETENTION_BYTES: '1000000',
      LOG_LIMIT_BYTES: `${LIMIT_BYTES}`,
    },
    onLine: (line) => log.push(line),
  });
  await node.ready();
});

afterEach(async () => {
  await node.stop();
  peer.closeAllConnections();
  peer.close();
});

async function put(key: string, value: string) {
  const response = await fetch(`${node.url}/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, value }),
  });
  return { status: response.status, body: await response.text() };
}

const get = async (path: string) => (await fetch(node.url + path)).json();

describe('a log that cannot be pruned, because a member fetches no snapshots', () => {
  it('refuses writes of clients at its limit, until that member is back', async () => {
    expect((await put('before', 'x')).status).toBe(200);
    await expect.poll(() => received, { timeout: 20_000 }).toBe(1);
    isUp = false;
    let refused = { status: 200, body: '' };
    let stored = 1;
    for (; refused.status === 200 && stored < 40; stored++) refused = await put('large', VALUE);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ budget: 'log', limit_bytes: 1.5 * LIMIT_BYTES });
    expect(refused.body).toContain('node2');
    expect(stored * VALUE.length).toBeLessThan(2 * LIMIT_BYTES);
    expect(await get('/get?key=before')).toMatchObject({ value: 'x' });
    await expect.poll(() => log.join('\n'), { timeout: 20_000 }).toContain('the log is full');
    isUp = true;
    await expect.poll(async () => (await put('after', 'y')).status, { timeout: 30_000 }).toBe(200);
    await expect.poll(() => log.join('\n'), { timeout: 20_000 }).toContain('the log has room again');
  }, 120_000);

  it('takes them again once that member is removed', async () => {
    await expect.poll(() => put('x', 'x').then(({ status }) => status), { timeout: 20_000 }).toBe(200);
    await expect.poll(() => received, { timeout: 20_000 }).toBeGreaterThan(0);
    isUp = false;
    await expect
      .poll(() => put('large', VALUE).then(({ status }) => status), { timeout: 30_000, interval: 1 })
      .toBe(503);
    expect((await fetch(`${node.url}/members/node2`, { method: 'DELETE' })).status).toBe(200);
    await expect.poll(async () => (await put('after', 'y')).status, { timeout: 30_000 }).toBe(200);
  }, 120_000);
});
