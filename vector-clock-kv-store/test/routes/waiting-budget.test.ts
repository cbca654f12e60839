import { createServer, type Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { OverBudgetError } from '../../src/budget.ts';
import { admitBodies } from '../../src/routes/body-admission.ts';
import { createStore } from '../support/create-store.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();

describe('requests that wait', () => {
  it('are refused beyond a budget in bytes, while those that need not wait succeed', async () => {
    const session = { context: { b: 1 }, waitMs: 60_000 };
    const store = createStore();
    const waiting = Array.from({ length: 40 }, () => store.put('x', 'v'.repeat(1_000_000), session));
    const settled = await Promise.race([Promise.allSettled(waiting), setTimeout(50, undefined)]);
    expect(settled).toBeUndefined();
    const refused = waiting.slice(20).map((put) => put.catch((error: unknown) => error));
    for (const error of await Promise.all(refused)) expect(error).toBeInstanceOf(OverBudgetError);
    await store.put('x', 1);
    await store.receive([{ sender: 'b', key: 'y', value: 1, vc: { b: 1 } }]);
    const stored = (await Promise.allSettled(waiting)).filter(({ status }) => status === 'fulfilled');
    expect(stored.length).toBeGreaterThan(10);
  });

  it('get a 503 that names the budget', async () => {
    // 60 KB as JSON, but more than 1 MB of memory.
    const value = Array.from({ length: 20_000 }, () => []);
    const behind = { key: 'x', value, vc: { node2: 1 } };
    const put = () => request(served.app).post('/put?wait_ms=500').send(behind);
    const pending = Array.from({ length: 20 }, () => put().then((response) => response));
    const first = await Promise.race(pending);
    expect(first.status).toBe(503);
    expect(first.body).toMatchObject({ budget: 'waiting_sessions', limit_bytes: 16 * 1024 * 1024 });
    await served.node.store?.receive([{ sender: 'node2', key: 'y', value: 1, vc: { node2: 1 } }]);
    const statuses = (await Promise.all(pending)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(5);
  });
});

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
    app.use(admitBodies({ name: 'bodies', limits: { count: 10, bytes: 100 }, queue: 1, waitMs }));
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
});
