import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from '../../src/door/concurrency-limit.ts';
import { ConnectionLimit } from '../../src/door/connection-limit.ts';
import { FrontDoor, leaveFrontDoor } from '../../src/door/front-door.ts';
import { HeldRefusals } from '../../src/door/held-refusals.ts';
import { TurnQueue } from '../../src/door/turn-queue.ts';
import { listen } from '../../src/process/lifecycle.ts';

const LIMIT = 2;
let server: Server;
let url: string;
let door: FrontDoor;
let pending: { request: IncomingMessage; response: ServerResponse }[];

async function open(holdMs: number, connections = 100): Promise<void> {
  const now = () => performance.now();
  door = new FrontDoor({
    limit: new ConcurrencyLimit({ floor: LIMIT, start: LIMIT, ceiling: LIMIT, targetMs: 25, windowMs: 100 }),
    queue: new TurnQueue(now),
    refusals: new HeldRefusals(holdMs, () => 0.5),
    connections: new ConnectionLimit({ connections, reserve: 2, reserveMs: 60_000 }),
    classOf: ({ url: path }) => (path === '/replicate' ? 'peer' : path === '/watch' ? 'stream' : 'client'),
    streams: 3,
    now,
  });
  const listener: RequestListener = (request, response) => {
    if (request.url === '/slow' || request.url === '/watch') pending.push({ request, response });
    else response.end('{}');
  };
  server = await listen(door.guard(listener), 0, '127.0.0.1');
  door.watchConnections(server);
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

beforeEach(() => {
  pending = [];
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const status = async (path: string, options: RequestInit = {}) =>
  (await fetch(`${url}${path}`, options)).status;
const occupy = async () => {
  const responses = Array.from({ length: LIMIT }, () => status('/slow').catch(() => 0));
  await expect.poll(() => pending.length).toBe(LIMIT);
  return responses;
};
const port = () => Number(new URL(url).port);

describe('a front door', () => {
  it('refuses clients beyond the limit, but neither probes nor peers', async () => {
    await open(0);
    const responses = await occupy();
    const refused = await fetch(`${url}/thing`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ error: 'Overloaded', code: 'overloaded', status: 503 });
    for (const path of ['/health', '/ready', '/metrics', '/metrics?name[]=x', '/replicate'])
      expect(await status(path)).toBe(200);
    for (const { response } of pending) response.end();
    expect(await Promise.all(responses)).toEqual([200, 200]);
    expect(await status('/thing')).toBe(200);
  });

  it('passes on as many streams as the service allows, and takes others for ordinary requests', async () => {
    await open(0);
    await occupy();
    for (let stream = 0; stream < 3; stream++) void status('/watch').catch(() => 0);
    await expect.poll(() => pending.length).toBe(LIMIT + 3);
    expect(await status('/watch')).toBe(503);
  });

  it('holds a refusal back', async () => {
    await open(100);
    await occupy();
    const startedAt = performance.now();
    expect(await status('/thing')).toBe(503);
    expect(performance.now() - startedAt).toBeGreaterThan(90);
  });

  it('gives the slot of a client that left to another one', async () => {
    await open(0);
    const client = new AbortController();
    const left = Array.from({ length: LIMIT }, () => fetch(`${url}/slow`, client).catch(() => 'left'));
    await expect.poll(() => pending.length).toBe(LIMIT);
    client.abort();
    await Promise.all(left);
    await expect.poll(() => door.working).toBe(0);
    expect(await status('/thing')).toBe(200);
  });

  it('does not count requests that wait, nor those whose body has not arrived', async () => {
    await open(0);
    await occupy();
    for (const { response } of pending.splice(0)) leaveFrontDoor(response);
    const sender = connect(port(), '127.0.0.1').on('error', () => {});
    sender.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n');
    await expect.poll(() => pending.length).toBe(1);
    expect(door.working).toBe(0);
    pending[0]?.request.resume();
    sender.write('{}');
    await expect.poll(() => door.working).toBe(1);
    sender.destroy();
    await expect.poll(() => door.working).toBe(0);
  });

  it('starts no work for a client that left while it waited for its turn', async () => {
    await open(0);
    const client = connect(port(), '127.0.0.1');
    server.once('request', ({ socket }: IncomingMessage) => socket.destroy());
    client.on('error', () => {}).write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => client.once('close', resolve));
    expect(await status('/thing')).toBe(200);
    expect(pending).toEqual([]);
  });

  it('closes the connection of a refused body without reading it', async () => {
    await open(60_000);
    await occupy();
    const sender = connect(port(), '127.0.0.1').on('error', () => {});
    sender.write(`POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n${'v'.repeat(100_000)}`);
    let text = '';
    sender.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await new Promise((resolve) => sender.once('end', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).toMatch(/^connection: close\r$/im);
  });

  it('closes the connection of a client that sends on while its refusal is held back', async () => {
    await open(60_000);
    await occupy();
    const sender = connect(port(), '127.0.0.1').on('error', () => {});
    sender.write('GET /thing HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    await new Promise((resolve) => sender.once('close', resolve));
  });
});

describe('a connection limit', () => {
  /** Opens connections, each with a request that is not answered yet. */
  const busy = async (count: number) => {
    const sockets = Array.from({ length: count }, () => {
      const socket = connect(port(), '127.0.0.1').on('error', () => {});
      socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    });
    await expect.poll(() => pending.length).toBe(count);
    return sockets;
  };

  it('closes the connection that has been idle for longest', async () => {
    await open(0, 2);
    const idle = connect(port(), '127.0.0.1');
    const closed = new Promise((resolve) => idle.once('close', resolve));
    await new Promise((resolve) => idle.once('connect', resolve));
    await busy(2);
    await closed;
  });

  it('serves probes on connections of the reserve while all others are busy', async () => {
    await open(0, 2);
    await busy(2);
    const strangers = Array.from({ length: 10 }, () => connect(port(), '127.0.0.1').on('error', () => {}));
    for (let probe = 0; probe < 5; probe++) {
      const response = await fetch(`${url}/health`);
      expect(response.status).toBe(200);
      expect(response.headers.get('connection')).toBe('close');
    }
    for (const stranger of strangers) stranger.destroy();
  });
});
