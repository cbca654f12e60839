import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const batch = (body: object) => request(served.app).post('/batch').send(body);
const stored = async (key: string) => (await request(served.app).get('/get').query({ key })).body.value;

describe('POST /batch', () => {
  it('makes writes in their order, and returns the clock of the last one', async () => {
    const { body } = await batch({
      writes: [
        { key: 'x', value: 1 },
        { key: 'y', value: { z: [2] } },
        { key: 'x', value: 3 },
      ],
    });
    expect(body).toEqual({ status: 'ok', vc: { node1: 3 } });
    expect([await stored('x'), await stored('y')]).toEqual([3, { z: [2] }]);
  });

  it('gives each write its own number, after the one before', async () => {
    await batch({ writes: ['a', 'b'].map((key) => ({ key, value: key })) });
    const log = served.storage.log('node1', 0, { writes: 10, bytes: 1_000 });
    expect(log.map(({ key, vc }) => [key, vc])).toEqual([
      ['a', { node1: 1 }],
      ['b', { node1: 2 }],
    ]);
  });

  it("makes all writes depend on the client's context", async () => {
    await served.replicate({ sender: 'node2', key: 'y', value: 1, vc: { node2: 1 } });
    const { body } = await batch({ writes: [{ key: 'x', value: 1 }], vc: { node2: 1 } });
    expect(body.vc).toEqual({ node1: 1, node2: 1 });
  });

  it('says how many nodes have stored the last write if they are too few', async () => {
    const sent = request(served.app)
      .post('/batch?wait_ms=0')
      .send({ writes: [{ key: 'x', value: 1 }], acks: 2 });
    const { status, body } = await served.passTime(sent);
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'too_few_copies', stored_on: 1, acks: 2, vc: { node1: 1 } });
  });

  it('accepts 1,000 writes', async () => {
    const writes = Array.from({ length: 1_000 }, (_, index) => ({ key: `k${index}`, value: index }));
    expect((await batch({ writes })).body.vc).toEqual({ node1: 1_000 });
  });

  it.each<[string, object, string, number]>([
    ['no writes', { writes: [] }, 'writes', 400],
    ['no list', { writes: { key: 'x', value: 1 } }, 'writes', 400],
    ['1,001 writes', { writes: Array(1_001).fill({ key: 'x', value: 1 }) }, 'writes', 400],
    ['a missing key', { writes: [{ key: 'x', value: 1 }, { value: 1 }] }, 'writes.1.key', 400],
    ['a missing value', { writes: [{ key: 'x', value: 1 }, { key: 'y' }] }, 'writes.1.value', 400],
    ['a null value', { writes: [{ key: 'x', value: null }] }, 'writes.0.value', 400],
    ['a context of one write', { writes: [{ key: 'x', value: 1, vc: {} }] }, 'writes.0.vc', 400],
    [
      'a large value',
      {
        writes: [
          { key: 'x', value: 1 },
          { key: 'y', value: 'v'.repeat(1_048_576) },
        ],
      },
      'writes.1.value',
      413,
    ],
    ['too large a body', { writes: Array(3).fill({ key: 'x', value: 'v'.repeat(900_000) }) }, 'body', 413],
    ['a misspelled name', { write: [{ key: 'x', value: 1 }] }, 'write', 400],
    ['too many acks', { writes: [{ key: 'x', value: 1 }], acks: 4 }, 'acks', 400],
  ])('refuses %s, and makes none of the writes', async (_case, body, field, status) => {
    const response = await batch(body);
    expect([response.status, response.body.field]).toEqual([status, field]);
    expect(served.storage.clock).toEqual({});
  });

  it('refuses a number that would be stored as another one', async () => {
    const { body } = await request(served.app)
      .post('/batch')
      .type('json')
      .send('{"writes":[{"key":"x","value":12345678901234567890}]}');
    expect(body).toMatchObject({ field: 'writes', error: expect.stringContaining('send a string') });
    expect(served.storage.clock).toEqual({});
  });
});
