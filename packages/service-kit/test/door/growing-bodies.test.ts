import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { admitBodies } from '../../src/door/body-admission.ts';
import { GrowingBodies } from '../../src/door/growing-bodies.ts';
import { Budget } from '../../src/pacing/budget.ts';

const KB = 1_024;
const LARGEST = 256 * KB;
const limits = { count: 100, bytes: 800 * KB };

let server: Server;
const senders: Socket[] = [];
afterEach(() => {
  for (const sender of senders.splice(0)) sender.destroy();
  server.closeAllConnections();
  server.close();
});

async function listen(app: express.Express): Promise<number> {
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Begins a chunked body. `received` resolves to what the server sends until it closes the connection. */
function sendChunked(port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  senders.push(socket);
  let text = '';
  const received = new Promise<string>((resolve) => {
    socket.on('data', (data: Buffer) => {
      text += data.toString();
    });
    socket.on('close', () => resolve(text));
  });
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
  return {
    received,
    send: (bytes: number) => socket.write(`${bytes.toString(16)}\r\n${'v'.repeat(bytes)}\r\n`),
    end: () => socket.write('0\r\n\r\n'),
  };
}

describe('a body of unknown size', () => {
  /** Responds with the size of each body. */
  async function countingApp(waitMs: number) {
    const app = express();
    app.use(
      admitBodies({ name: 'bodies', limits, largestBytes: LARGEST, queue: 10, waitMs, slowMs: 60_000 }),
    );
    app.use(express.raw({ type: () => true, limit: LARGEST }), ({ body }, response) => {
      response.json({ length: Buffer.isBuffer(body) ? body.length : 0 });
    });
    app.use((error: { status: number }, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(error.status).json({});
    });
    return listen(app);
  }

  it('holds only what has arrived of it, beside the oldest', async () => {
    const port = await countingApp(60_000);
    // Each of the largest size, they would fill the budget.
    const begun = Array.from({ length: 5 }, () => sendChunked(port));
    for (const sender of begun) sender.send(KB);
    const complete = begun.pop();
    complete?.end();
    expect(await complete?.received).toContain(`{"length":${KB}}`);
  });

  it('is refused while there is no room for the rest of it, and its sender learns that', async () => {
    const port = await countingApp(20);
    const [oldest, ...others] = Array.from({ length: 5 }, () => sendChunked(port));
    oldest?.send(KB);
    const refused = others.map((sender) => {
      sender.send(200 * KB);
      return sender.received;
    });
    const first = await Promise.any(
      refused.map(async (received) => {
        const text = await received;
        if (!text.startsWith('HTTP/1.1 503')) throw new Error(text);
        return text;
      }),
    );
    expect(first).toContain('Retry-After: 1');
    oldest?.send(200 * KB);
    oldest?.end();
    expect(await oldest?.received).toContain(`{"length":${201 * KB}}`);
  });

  it('is refused as soon as it is too large, not at its end', async () => {
    const port = await countingApp(60_000);
    const sender = sendChunked(port);
    for (let sent = 0; sent <= LARGEST; sent += 64 * KB) sender.send(64 * KB);
    expect(await sender.received).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('counts as the largest one if it is compressed', async () => {
    const port = await countingApp(20);
    const packed = gzipSync('v'.repeat(200 * KB));
    const send = () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      senders.push(socket);
      const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
      socket.write(head);
      const received = new Promise<string>((resolve) =>
        socket.once('data', (data: Buffer) => resolve(data.toString())),
      );
      return { received, finish: () => socket.write(packed) };
    };
    const [first, second, third] = [send(), send(), send()];
    expect(await Promise.race([first.received, second.received, third.received])).toMatch(/^HTTP\/1\.1 503/);
    for (const { finish } of [first, second, third]) finish();
    const statuses = (await Promise.all([first, second, third].map(({ received }) => received))).map((text) =>
      text.slice(9, 12),
    );
    expect(statuses.sort()).toEqual(['200', '200', '503']);
  });
});

describe('GrowingBodies', () => {
  it('finishes every body, however many share the budget, and never holds more', async () => {
    const budget = new Budget('bodies', limits);
    let most = 0;
    const bodies: GrowingBodies = new GrowingBodies({
      budget,
      largestBytes: LARGEST,
      waitMs: 60_000,
      mayTake: (more) => budget.bytes + more <= limits.bytes,
      onFreed: () => {
        bodies.resume();
        admitNext();
      },
      onRefused: (response) => void response.socket?.destroy(),
      onTooLarge: (response) => void response.socket?.destroy(),
    });
    const queued: (() => void)[] = [];
    const admitNext = () => {
      while (queued.length > 0 && budget.fits(bodies.firstBytes)) queued.shift()?.();
    };
    const app = express();
    app.use((request, response) => {
      queued.push(() => {
        const close = bodies.add(response);
        let length = 0;
        request.on('data', (chunk: Buffer) => {
          length += chunk.length;
          most = Math.max(most, budget.bytes);
        });
        request.on('end', () => setImmediate(() => response.json({ length })));
        response.once('close', close);
      });
      admitNext();
    });
    const port = await listen(app);
    const sizes = Array.from({ length: 30 }, (_, index) => ((index * 7) % 10) * 25 * KB + 1);
    const responses = sizes.map((size) => {
      const sender = sendChunked(port);
      for (let sent = 0; sent < size; sent += 50 * KB) sender.send(Math.min(50 * KB, size - sent));
      sender.end();
      return sender.received;
    });
    const lengths = (await Promise.all(responses)).map((text) => /\{"length":(\d+)\}/.exec(text)?.[1]);
    expect(lengths).toEqual(sizes.map(String));
    expect(most).toBeLessThanOrEqual(limits.bytes);
    expect(budget.bytes).toBe(0);
  });

  it('waits for no room for what still arrives of a body whose response is closed', async () => {
    const budget = new Budget('bodies', limits);
    const bodies = new GrowingBodies({
      budget,
      largestBytes: LARGEST,
      waitMs: 0,
      mayTake: () => false,
      onFreed: () => {},
      onRefused: (response) => void response.json(['refused']),
      onTooLarge: (response) => void response.json(['too large']),
    });
    const app = express();
    app.use((request, response) => {
      // As for a request that the parser finds in what a connection sent before it was lost.
      bodies.add(response)();
      request.on('end', () => response.json([bodies.waiting, budget.bytes]));
    });
    const port = await listen(app);
    for (const size of [KB, LARGEST + 1]) {
      const sender = sendChunked(port);
      sender.send(size);
      sender.end();
      expect(await sender.received).toContain('\r\n\r\n[0,0]');
    }
  });
});
