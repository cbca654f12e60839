import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { servedNode } from '../support/node-app.ts';

// The window of the limit; sockets keep their real timers.
beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'Date'] }));
afterEach(() => vi.useRealTimers());

const served = servedNode({ rateLimitPerS: 1 });

const many = Array.from({ length: 5 }, (_, number) => number + 1);

describe('RATE_LIMIT_PER_S', () => {
  it('rejects client requests above the limit, without storing anything', async () => {
    const responses = await Promise.all(
      many.map((value) => request(served.app).post('/put').send({ key: 'x', value })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429, 429]);
    expect(served.node.clock).toEqual({ node1: 1 });
  });

  it('never rejects a write from another node', async () => {
    const responses = await Promise.all(
      many.map((count) =>
        request(served.app)
          .post('/replicate')
          .send({ sender: 'node2', key: 'x', value: count, vc: { node2: count } }),
      ),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
  });
});
