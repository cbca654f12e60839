import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { NODE_HEADER } from '../../src/replication/headers.ts';
import { servedNode } from '../support/node-app.ts';

const open = servedNode();
const guarded = servedNode({ token: 'secret', faults: true });
const faulty = servedNode({ faults: true });

describe('the cluster token', () => {
  it('is required between nodes, but not from clients', async () => {
    const message = { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } };
    const send = () => request(guarded.app).post('/replicate').send(message);
    expect((await send()).status).toBe(401);
    expect((await send().set('authorization', 'Bearer wrong')).status).toBe(401);
    expect((await request(guarded.app).get('/faults')).status).toBe(401);
    expect((await request(guarded.app).get('/')).body.vector_clock).toEqual({});
    expect((await send().set('authorization', 'Bearer secret')).status).toBe(202);
    expect((await request(guarded.app).post('/put').send({ key: 'x', value: 1 })).status).toBe(200);
  });
});

describe('/faults', () => {
  it('does not exist unless it is enabled', async () => {
    expect((await request(open.app).post('/faults').send({ peer: 'node2', action: 'hold' })).status).toBe(
      404,
    );
    expect((await request(open.app).get('/faults')).status).toBe(404);
  });

  it('adds faults to a link, and releases all of them', async () => {
    const post = (body: object) => request(faulty.app).post('/faults').send(body);
    await post({ peer: 'node2', action: 'hold', origin: 'node1' });
    const { body } = await post({ peer: 'node2', action: 'delay', delay_ms: 5 });
    expect(body.links).toEqual([
      {
        peer: 'node2',
        faults: [
          { action: 'hold', origin: 'node1', duration_ms: 60_000, remaining_ms: 60_000 },
          { action: 'delay', delay_ms: 5, duration_ms: 60_000, remaining_ms: 60_000 },
        ],
      },
      { peer: 'node3', faults: [] },
    ]);
    expect((await post({ peer: 'node2', action: 'release' })).body.links[0].faults).toEqual([]);
  });

  it('end after 60 s, or after the time that the request gives', async () => {
    const post = (body: object) => request(faulty.app).post('/faults').send(body);
    const shown = async () => (await request(faulty.app).get('/')).body.faults;
    await post({ peer: 'node2', action: 'hold' });
    await post({ peer: 'node3', action: 'cut', duration_ms: 90_000 });
    await faulty.advance(59_999);
    expect(await shown()).toEqual([
      { peer: 'node2', action: 'hold', duration_ms: 60_000, remaining_ms: 1 },
      { peer: 'node3', action: 'cut', duration_ms: 90_000, remaining_ms: 30_001 },
    ]);
    await faulty.advance(1);
    expect(await shown()).toMatchObject([{ peer: 'node3' }]);
    await faulty.advance(30_000);
    expect(await shown()).toBeUndefined();
  });

  it('are shown to clients but not to peers, which ask every second', async () => {
    await request(faulty.app).post('/faults').send({ peer: 'node2', action: 'hold' });
    expect((await request(faulty.app).get('/')).body.faults).toHaveLength(1);
    expect((await request(faulty.app).get('/').set(NODE_HEADER, 'node2')).body.faults).toBeUndefined();
  });

  it('are refused with 409 beyond 16 on one link, until they are released', async () => {
    const post = (body: object) => request(faulty.app).post('/faults').send(body);
    for (let number = 0; number < 16; number++) await post({ peer: 'node2', action: 'hold' });
    const refused = await post({ peer: 'node2', action: 'hold' });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect((await request(faulty.app).get('/')).body.faults).toHaveLength(16);
    await post({ peer: 'node2', action: 'release' });
    expect((await post({ peer: 'node2', action: 'hold' })).status).toBe(200);
  });

  it.each([
    [{ peer: 'node2', action: 'hold', duration_ms: 0 }, 'duration_ms'],
    [{ peer: 'node2', action: 'hold', duration_ms: 3_600_001 }, 'duration_ms'],
    [{ peer: 'node2', action: 'hold', duration_ms: '60' }, 'duration_ms'],
    [{ peer: 'node9', action: 'hold' }, 'peer'],
    [{ peer: 'node1', action: 'hold' }, 'peer'],
    [{ peer: 'node2', action: 'explode' }, 'action'],
    [{ peer: 'node2', action: 'hold', origin: 'node9' }, 'origin'],
    [{ peer: 'node2', action: 'drop', count: 0 }, 'count'],
    [{ peer: 'node2', action: 'delay' }, 'delay_ms'],
    [{ peer: 'node2', action: 'delay', delay_ms: -1 }, 'delay_ms'],
  ])('rejects %j, naming %s', async (body, field) => {
    const response = await request(faulty.app).post('/faults').send(body);
    expect(response.status).toBe(400);
    expect(response.body.field).toBe(field);
  });
});

describe('/members', () => {
  it('lists the peers, and changes them by writes', async () => {
    expect((await request(open.app).get('/members')).body).toEqual({
      node_id: 'node1',
      clock_id: 'node1',
      peers: [
        { id: 'node2', url: 'http://node2:5000' },
        { id: 'node3', url: 'http://node3:5000' },
      ],
      removed: [],
    });
    const joined = await request(open.app).post('/members').send({ id: 'node4', url: 'http://node4:5000/' });
    expect(joined.body.peers).toContainEqual({ id: 'node4', url: 'http://node4:5000' });
    const left = await request(open.app).delete('/members/node2');
    expect(left.body.peers.map(({ id }: { id: string }) => id)).toEqual(['node3', 'node4']);
    expect(left.body.removed).toEqual(['node2']);
    expect((await request(open.app).get('/state')).body).toMatchObject({
      store: {},
      vector_clock: { node1: 2 },
    });
  });

  it('changes nothing when a member is added again', async () => {
    const { body } = await request(open.app).post('/members').send({ id: 'node2', url: 'http://node2:5000' });
    expect(body.peers).toHaveLength(2);
    expect(open.node.clock).toEqual({});
  });

  it.each([
    [{ id: 'node1', url: 'http://node1:5000' }, 'id'],
    [{ id: '__proto__', url: 'http://x:1' }, 'id'],
    [{ id: 'node4~1', url: 'http://x:1' }, 'id'],
    [{ url: 'http://x:1' }, 'id'],
    [{ id: 'node4' }, 'url'],
    [{ id: 'node4', url: 'node4:5000' }, 'url'],
    [{ id: 'node4', url: 'http://127.0.0.1:9/latest/meta-data?x=' }, 'url'],
    [{ id: 'node4', url: 'http://user:password@node4:5000' }, 'url'],
    [{ id: 'node4', url: 'http://169.254.169.254' }, 'url'],
    [{ id: 'node4', url: 'http://203.0.113.9:5000' }, 'url'],
    [[], 'body'],
  ])('rejects %j, naming %s', async (body, field) => {
    const response = await request(open.app).post('/members').send(body);
    expect({ status: response.status, field: response.body.field }).toEqual({ status: 400, field });
    expect(open.node.clock).toEqual({});
  });

  it('removes neither an unknown node nor the node itself', async () => {
    expect((await request(open.app).delete('/members/node9')).status).toBe(404);
    expect((await request(open.app).delete('/members/node1')).body.field).toBe('id');
  });

  it('admits a node also while this one is removed, so that nodes can end removing each other', async () => {
    open.hear('node2', { removed: ['node1'] });
    await open.advance(2_000);
    expect((await request(open.app).delete('/members/node3')).status).toBe(503);
    const admitted = await request(open.app).post('/members').send({ id: 'node4', url: 'http://node4:5000' });
    expect(admitted.status).toBe(200);
    expect(admitted.body.peers.map(({ id }: { id: string }) => id)).toContain('node4');
  });

  it('serves snapshot pages in the form that earlier releases read', async () => {
    await request(open.app).post('/put').send({ key: 'x', value: 1 });
    const { body } = await request(open.app).get('/snapshot').query({ mark: '' });
    expect(body.entries).toEqual([['x', [{ sender: 'node1', value: 1, vc: body.clock }]]]);
  });

  it('requires the cluster token for changes', async () => {
    const member = { id: 'node4', url: 'http://node4:5000' };
    expect((await request(guarded.app).post('/members').send(member)).status).toBe(401);
    expect((await request(guarded.app).delete('/members/node2')).status).toBe(401);
    expect((await request(guarded.app).get('/snapshot')).status).toBe(401);
    expect((await request(guarded.app).get('/members')).body.peers).toHaveLength(2);
  });
});
