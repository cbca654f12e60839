import { setTimeout } from 'node:timers/promises';
import { OverBudgetError } from '@gridclock/service-kit/budget';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
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
