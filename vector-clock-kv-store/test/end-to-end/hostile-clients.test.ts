import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, runClosedLoop, startLocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let node: LocalService;
let sockets: Socket[] = [];

beforeAll(async () => {
  node = startLocalService({
    name: 'node1',
    entryFile: fileURLToPath(new URL('../../src/node.ts', import.meta.url)),
    port: await freePort(),
    environment: { NODE_ID: 'node1', CLUSTER_TOKEN: 'correct-horse-battery', LOG_LEVEL: 'warn' },
  });
  await node.ready();
}, 60_000);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await node.stop();
});

/** Opens connections that send the most of a body and then stop. Counts their responses by status. */
function sendUnfinished(path: string, count: number): Map<string, number> {
  const statuses = new Map<string, number>();
  const part = Buffer.alloc(1_400_000, 'v');
  for (let index = 0; index < count; index++) {
    const socket = connect(node.port, '127.0.0.1').on('error', () => {});
    socket.once('data', (chunk: Buffer) => {
      const status = chunk.toString().slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1500000\r\n\r\n`,
    );
    socket.write(part);
    sockets.push(socket);
  }
  return statuses;
}

const put = async () => {
  const response = await fetch(`${node.url}/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"key":"x","value":1}',
  });
  await response.text();
  return response.status;
};

describe('a node', () => {
  it('serves probes and small writes beside bodies that stop arriving, and gives these up', async () => {
    const statuses = sendUnfinished('/put', 100);
    for (let round = 0; round < 10; round++) {
      for (const path of ['/health', '/ready', '/metrics'])
        expect((await fetch(`${node.url}${path}`)).status).toBe(200);
      expect(await put()).toBe(200);
    }
    // They are given up for bodies that wait. On a busy machine, the first to wait may have been refused before.
    const givenUp = () => {
      sendUnfinished('/put', 1);
      return statuses.get('408') ?? 0;
    };
    await expect.poll(givenUp, { timeout: 20_000, interval: 500 }).toBeGreaterThan(0);
    for (const socket of sockets.splice(0)) socket.destroy();
  }, 60_000);

  it('reads no body of a stranger on a node route', async () => {
    const statuses = sendUnfinished('/replicate', 20);
    await expect.poll(() => statuses.get('401'), { timeout: 20_000 }).toBe(20);
    sockets = [];
  }, 60_000);

  it('refuses what it cannot take, and takes everything again afterwards', async () => {
    const url = `${node.url}/put`;
    // 10 kB: each costs the node more than the clients, which share one process, so that it has more than it can take.
    const bodyOf = (value: number) => ({ key: 'x', value: `${value}`.padEnd(10_000) });
    const { failed, statuses } = await runClosedLoop({
      urls: [url],
      bodyOf,
      connections: 600,
      durationMs: 3_000,
    });
    expect(failed).toBe(0);
    expect([...statuses.keys()].sort()).toEqual([200, 503]);
    await expect.poll(put, { timeout: 2_000 }).toBe(200);
    const calm = await runClosedLoop({ urls: [url], bodyOf, connections: 8, durationMs: 500 });
    expect([...calm.statuses.keys()]).toEqual([200]);
  }, 60_000);
});
