import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode({ rateLimitPerS: 1 });

/** More requests than the seconds that sending them can take, even on a slow machine. */
const many = Array.from({ length: 30 }, (_, number) => number + 1);

describe('RATE_LIMIT_PER_S', () => {
  it('rejects client requests above the limit, without storing anything', async () => {
    const responses = await Promise.all(
      many.map((value) => request(served.app).post('/put').send({ key: 'x', value })),
    );
    const stored = responses.filter(({ status }) => status === 200).length;
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(many.length - stored);
    expect(stored).toBeLessThan(many.length);
    expect(served.node.clock).toEqual({ node1: stored });
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
