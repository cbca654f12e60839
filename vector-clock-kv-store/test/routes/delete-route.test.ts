import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servingNode } from '../support/serving-node.ts';

const single = servingNode();
const { put, replicate, state } = single;

describe('DELETE /delete', () => {
  const remove = (query: object) => request(single.app).delete('/delete').query(query);

  it('is a write after which the key has no value', async () => {
    await put({ key: 'x', value: 1 });
    expect((await remove({ key: 'x' })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
    expect((await request(single.app).get('/get').query({ key: 'x' })).body.value).toBeNull();
    expect((await state()).store).toEqual({});
  });

  it('leaves a concurrent write beside it, and a later one replaces it', async () => {
    await remove({ key: 'x' });
    await replicate({ sender: 'node2', key: 'x', value: 'concurrent', vc: { node2: 1 } });
    const { body } = await request(single.app).get('/get').query({ key: 'x' });
    expect(body.siblings.map(({ value }: { value: unknown }) => value)).toEqual(['concurrent', null]);
    await put({ key: 'x', value: 'later' });
    expect((await state()).store).toEqual({ x: 'later' });
  });

  it('arrives from another node as a message whose value is null', async () => {
    await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    await replicate({ sender: 'node2', key: 'x', value: null, vc: { node2: 2 } });
    expect((await state()).store).toEqual({});
  });

  it.each([
    [{}, 'key'],
    [{ key: '' }, 'key'],
    [{ key: 'x', vc: '[]' }, 'vc'],
    [{ key: 'x', acks: '0' }, 'acks'],
    [{ key: 'x', acks: 'all' }, 'acks'],
    [{ key: 'x', acks: '9' }, 'acks'],
  ])('refuses the query %j, naming %s', async (query, field) => {
    const { status, body } = await remove(query);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });
});
