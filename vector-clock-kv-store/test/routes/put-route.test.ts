import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const { put, replicate, state } = served;

describe('POST /put', () => {
  it('returns the clock of the write', async () => {
    expect((await put({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
    expect((await put({ key: 'x', value: 2 })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
  });

  it.each([
    ['PUT /put', () => request(served.app).put('/put')],
    ['POST /write', () => request(served.app).post('/write')],
  ])('is also available as %s', async (_name, open) => {
    expect((await open().send({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
  });

  it.each([0, false, '', 'text', 1.5, [], [1, { a: null }], { deep: { er: 'x' } }])(
    'preserves the JSON value %j',
    async (value) => {
      await put({ key: 'x', value });
      expect((await request(served.app).get('/get').query({ key: 'x' })).body.value).toEqual(value);
    },
  );

  it("makes the write depend on the client's context", async () => {
    await replicate({ sender: 'node2', key: 'y', value: 1, vc: { node2: 1 } });
    const { body } = await put({ key: 'x', value: 1, vc: { node2: 1 } });
    expect(body.vc).toEqual({ node1: 1, node2: 1 });
  });
});

describe('acks', () => {
  it('waits for copies on that many nodes, and reports how many there are', async () => {
    const { status, body } = await served.passTime(
      request(served.app).post('/put?wait_ms=0').send({ key: 'x', value: 1, acks: 2 }),
    );
    expect(status).toBe(503);
    expect(body).toMatchObject({ vc: { node1: 1 }, stored_on: 1, acks: 2 });
    expect((await state()).store).toEqual({ x: 1 });
  });

  it('cannot exceed the number of nodes', async () => {
    const { status, body } = await put({ key: 'x', value: 1, acks: 4 });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'acks' });
    expect((await state()).store).toEqual({});
  });
});
