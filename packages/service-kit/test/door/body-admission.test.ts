import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { admitBodies } from '../../src/door/body-admission.ts';

describe('admitBodies', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Handles a body only when `respond` is called. */
  function slowApp(waitMs: number) {
    const pending: (() => void)[] = [];
    const app = express();
    app.use(
      admitBodies({
        name: 'bodies',
        limits: { count: 10, bytes: 100 },
        largestBytes: 1_000,
        queue: 1,
        waitMs,
      }),
    );
    app.use((_request, response) => void pending.push(() => response.json({})));
    app.use((error: { status: number }, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(error.status).end();
    });
    const listening = createServer(app).listen(0, '127.0.0.1');
    server = listening;
    const send = (text = 'v'.repeat(60)) => request(listening).post('/').send({ text });
    return { pending, send };
  }

  it('reads a body beyond the limit once another one is done', async () => {
    const { pending, send } = slowApp(60_000);
    const responses = [send(), send()].map((sent) => sent.then(({ status }) => status));
    await expect.poll(() => pending.length).toBe(1);
    pending.shift()?.();
    await expect.poll(() => pending.length).toBe(1);
    pending.shift()?.();
    expect(await Promise.all(responses)).toEqual([200, 200]);
  });

  it('reads a small body although larger ones wait', async () => {
    const { pending, send } = slowApp(60_000);
    const large = [send(), send()].map((sent) => sent.then(({ status }) => status));
    await expect.poll(() => pending.length).toBe(1);
    const small = send('').then(({ status }) => status);
    await expect.poll(() => pending.length).toBe(2);
    for (let handled = 0; handled < 3; handled++) {
      await expect.poll(() => pending.length).toBeGreaterThan(0);
      pending.shift()?.();
    }
    expect(await Promise.all([...large, small])).toEqual([200, 200, 200]);
  });

  it('responds 503 to what waits too long, and to more than may wait', async () => {
    const { pending, send } = slowApp(20);
    const responses = [send(), send(), send()].map((sent) => sent.then(({ status }) => status));
    await expect.poll(() => pending.length).toBe(1);
    expect(await Promise.all(responses.slice(1))).toEqual([503, 503]);
    pending.shift()?.();
    expect(await responses[0]).toBe(200);
  });

  it('refuses a body by its announced size, before any of it arrives', async () => {
    const { send } = slowApp(60_000);
    const sent = send().set('content-length', '1001');
    const { status } = await sent.send(undefined).catch((error: { status: number }) => error);
    expect(status).toBe(413);
  });

  it('keeps no body of a request that was answered, while its connection is idle', async () => {
    const answered: express.Request[] = [];
    const app = express();
    const limits = { count: 10, bytes: 1_000 };
    app.use(admitBodies({ name: 'bodies', limits, largestBytes: 1_000, queue: 1, waitMs: 1_000 }));
    app.post('/', express.json(), (received, response) => {
      answered.push(received);
      response.json(received.body);
    });
    await request(app).post('/').send({ text: 'large' }).expect({ text: 'large' });
    expect(answered.map(({ body }): unknown => body)).toEqual([undefined]);
  });

  /** Handles a body once it has arrived. `stall` sends the most of one: all but a ninth. */
  function readingApp({ largestBytes = 100, slowMs = 20 } = {}) {
    const app = express();
    const limits = { count: 10, bytes: largestBytes };
    app.use(admitBodies({ name: 'bodies', limits, largestBytes, queue: 5, waitMs: 60_000, slowMs }));
    app.use((incoming, response) => {
      incoming.on('end', () => response.json({})).resume();
    });
    const listening = createServer(app).listen(0, '127.0.0.1');
    server = listening;
    const stall = async () => {
      if (!listening.listening) await new Promise((resolve) => listening.once('listening', resolve));
      const address = listening.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const sender = connect(port, '127.0.0.1').on('error', () => {});
      const requested = new Promise((resolve) => listening.once('request', resolve));
      const rest = 'v'.repeat(largestBytes / 10);
      sender.write(
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${9 * rest.length}\r\n\r\n${rest.repeat(8)}`,
      );
      await requested;
      return Object.assign(sender, { rest });
    };
    return {
      stall,
      send: () =>
        request(listening)
          .post('/')
          .send({ text: 'v'.repeat(largestBytes * 0.6) }),
    };
  }

  it('gives up a body that stops arriving, once another one waits', async () => {
    const { send, stall } = readingApp();
    const sender = await stall();
    let text = '';
    sender.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const closed = new Promise((resolve) => sender.once('close', resolve));
    expect((await send()).status).toBe(200);
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('lets a slow body arrive while none waits', async () => {
    const { stall } = readingApp();
    const sender = await stall();
    const response = new Promise((resolve) =>
      sender.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    sender.write(sender.rest);
    expect(await response).toMatch(/^HTTP\/1\.1 200 /);
    sender.destroy();
  });

  it('lets a body arrive that keeps up the least rate, while another one waits', async () => {
    const { send, stall } = readingApp({ largestBytes: 10_000_000, slowMs: 100 });
    const sender = await stall();
    const response = new Promise((resolve) =>
      sender.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const waited = send().then(({ status }) => status);
    const parts = 20;
    for (let part = 0; part < parts; part++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      sender.write(sender.rest.slice(0, sender.rest.length / parts));
    }
    expect(await response).toMatch(/^HTTP\/1\.1 200 /);
    sender.destroy();
    expect(await waited).toBe(200);
  });
});
