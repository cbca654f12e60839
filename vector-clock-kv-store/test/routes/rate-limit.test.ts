import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SingleNode, singleNode } from '../support/single-node.ts';

let single: SingleNode;

beforeEach(async () => {
  single = singleNode({ rateLimitPerS: 1 });
  await single.node.start();
});

afterEach(() => single.node.stop());

/** More requests than seconds could begin while they are sent, however slow the machine is. */
const many = Array.from({ length: 30 }, (_, number) => number + 1);

describe('RATE_LIMIT_PER_S', () => {
  it('refuses clients that ask more, and then stores nothing of it', async () => {
    const answers = await Promise.all(
      many.map((value) => request(single.app).post('/put').send({ key: 'x', value })),
    );
    const stored = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(many.length - stored);
    expect(stored).toBeLessThan(many.length);
    expect(single.node.clock).toEqual({ node1: stored });
  });

  it('never refuses a write that comes from another node', async () => {
    const answers = await Promise.all(
      many.map((count) =>
        request(single.app)
          .post('/replicate')
          .send({ sender: 'node2', key: 'x', value: count, vc: { node2: count } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  });
});
