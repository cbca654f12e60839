import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servingNode } from '../support/serving-node.ts';

const single = servingNode();
const { put, replicate, state } = single;

describe('POST /put', () => {
  it('answers with the clock of the write', async () => {
    expect((await put({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
    expect((await put({ key: 'x', value: 2 })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
  });

  it.each([
    ['PUT /put', () => request(single.app).put('/put')],
    ['POST /write', () => request(single.app).post('/write')],
  ])('has the other name %s', async (_name, open) => {
    expect((await open().send({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
  });

  it.each([0, false, '', 'text', 1.5, [], [1, { a: null }], { deep: { er: 'x' } }])(
    'keeps the JSON value %j as it is',
    async (value) => {
      await put({ key: 'x', value });
      expect((await request(single.app).get('/get').query({ key: 'x' })).body.value).toEqual(value);
    },
  );

  it('counts what the client has seen as seen by the write', async () => {
    await replicate({ sender: 'node2', key: 'y', value: 1, vc: { node2: 1 } });
    const { body } = await put({ key: 'x', value: 1, vc: { node2: 1 } });
    expect(body.vc).toEqual({ node1: 1, node2: 1 });
  });
});

describe('acks', () => {
  it('makes a write wait until that many nodes have it, and says how many do when they do not', async () => {
    const { status, body } = await request(single.app)
      .post('/put?wait_ms=10')
      .send({ key: 'x', value: 1, acks: 2 });
    expect(status).toBe(503);
    expect(body).toMatchObject({ vc: { node1: 1 }, stored_on: 1, acks: 2 });
    expect((await state()).store).toEqual({ x: 1 });
  });

  it('cannot be more than there are nodes', async () => {
    const { status, body } = await put({ key: 'x', value: 1, acks: 4 });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'acks' });
    expect((await state()).store).toEqual({});
  });
});
