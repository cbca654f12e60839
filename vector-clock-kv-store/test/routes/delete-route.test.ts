import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const { put, replicate, state } = served;

describe('DELETE /delete', () => {
  const remove = (query: object) => request(served.app).delete('/delete').query(query);

  it('is a write that leaves the key without a value', async () => {
    await put({ key: 'x', value: 1 });
    expect((await remove({ key: 'x' })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
    expect((await request(served.app).get('/get').query({ key: 'x' })).body.value).toBeNull();
    expect((await state()).store).toEqual({});
  });

  it('keeps a concurrent write as a sibling, until a later write replaces both', async () => {
    await remove({ key: 'x' });
    await replicate({ sender: 'node2', key: 'x', value: 'concurrent', vc: { node2: 1 } });
    const { body } = await request(served.app).get('/get').query({ key: 'x' });
    expect(body.siblings.map(({ value }: { value: unknown }) => value)).toEqual(['concurrent', null]);
    await put({ key: 'x', value: 'later' });
    expect((await state()).store).toEqual({ x: 'later' });
  });

  it('replicates as a message with value null', async () => {
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
  ])('rejects %j, naming %s', async (query, field) => {
    const { status, body } = await remove(query);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });
});
