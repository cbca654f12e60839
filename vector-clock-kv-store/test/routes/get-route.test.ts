import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { withMember } from '../../src/membership/member-records.ts';
import { MEMBERS_KEY } from '../../src/storage/storage.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const { put, replicate } = served;

describe('GET /get', () => {
  it('returns null for a key without a value', async () => {
    const { status, body } = await request(served.app).get('/get').query({ key: 'nothing' });
    expect(status).toBe(200);
    expect(body).toEqual({ key: 'nothing', value: null, vc: {} });
  });

  it.each(['/get?key=a%2Fb', '/read?key=a%2Fb', '/read/a%2Fb'])('accepts %s', async (path) => {
    await put({ key: 'a/b', value: 'slashed' });
    expect((await request(served.app).get(path)).body).toEqual({
      key: 'a/b',
      value: 'slashed',
      vc: { node1: 1 },
    });
  });

  it('returns concurrent writes as siblings until a write on a node that has both', async () => {
    await put({ key: 'cart', value: 'apples' });
    await replicate({ sender: 'node2', key: 'cart', value: 'pears', vc: { node2: 1 } });
    const { body } = await request(served.app).get('/get').query({ key: 'cart' });
    expect(body.value).toBe('pears');
    expect(body.siblings).toEqual([
      { sender: 'node2', value: 'pears', vc: { node2: 1 } },
      { sender: 'node1', value: 'apples', vc: { node1: 1 } },
    ]);
    await put({ key: 'cart', value: 'both' });
    const after = (await request(served.app).get('/get').query({ key: 'cart' })).body;
    expect(after).toEqual({ key: 'cart', value: 'both', vc: { node1: 2, node2: 1 } });
  });

  it('waits until the node catches up with the client', async () => {
    const reading = request(served.app)
      .get('/get')
      .query({ key: 'x', vc: '{"node2":1}', wait_ms: 20_000 })
      .then(({ body }) => body);
    await replicate({ sender: 'node2', key: 'x', value: 'seen', vc: { node2: 1 } });
    expect(await reading).toMatchObject({ value: 'seen' });
  });

  it('waits for an unknown node, which may join in a write it is missing', async () => {
    const reading = request(served.app)
      .get('/get')
      .query({ key: 'x', vc: '{"node2":1,"node4":1}', wait_ms: 20_000 })
      .then(({ body }) => body);
    const joined = withMember({}, { id: 'node4', url: 'http://node4:5000' });
    await replicate({ sender: 'node2', key: MEMBERS_KEY, value: joined, vc: { node2: 1 } });
    await replicate({ sender: 'node4', key: 'x', value: 'seen', vc: { node2: 1, node4: 1 } });
    expect(await reading).toMatchObject({ value: 'seen' });
  });

  it('lists the missing writes if the node does not catch up in time', async () => {
    const { status, body } = await served.passTime(
      request(served.app).get('/get').query({ key: 'x', vc: '{"node2":3}', wait_ms: 0 }),
    );
    expect(status).toBe(503);
    expect(body).toMatchObject({ missing: { node2: 3 }, vc: {} });
  });
});
