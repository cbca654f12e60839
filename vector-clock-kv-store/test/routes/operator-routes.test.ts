import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SingleNode, singleNode } from '../support/single-node.ts';

let single: SingleNode;

beforeEach(async () => {
  single = singleNode();
  await single.node.start();
});

afterEach(() => single.node.stop());

describe('the cluster token', () => {
  it('is needed between nodes, not by clients', async () => {
    const guarded = singleNode({ token: 'secret', faults: true });
    await guarded.node.start();
    const message = { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } };
    const send = () => request(guarded.app).post('/replicate').send(message);
    expect((await send()).status).toBe(401);
    expect((await send().set('authorization', 'Bearer wrong')).status).toBe(401);
    expect((await request(guarded.app).get('/faults')).status).toBe(401);
    expect((await request(guarded.app).get('/')).body.vector_clock).toEqual({});
    expect((await send().set('authorization', 'Bearer secret')).status).toBe(202);
    expect((await request(guarded.app).post('/put').send({ key: 'x', value: 1 })).status).toBe(200);
    await guarded.node.stop();
  });
});

describe('the fault interface', () => {
  it('does not exist unless it was asked for', async () => {
    expect((await request(single.app).post('/faults').send({ peer: 'node2', action: 'hold' })).status).toBe(
      404,
    );
    expect((await request(single.app).get('/faults')).status).toBe(404);
  });

  it('adds faults to a link and takes all of them back', async () => {
    const faulty = singleNode({ faults: true });
    await faulty.node.start();
    const post = (body: object) => request(faulty.app).post('/faults').send(body);
    await post({ peer: 'node2', action: 'hold', origin: 'node1' });
    const { body } = await post({ peer: 'node2', action: 'delay', delay_ms: 5 });
    expect(body.links).toEqual([
      {
        peer: 'node2',
        faults: [
          { action: 'hold', origin: 'node1' },
          { action: 'delay', delay_ms: 5 },
        ],
      },
      { peer: 'node3', faults: [] },
    ]);
    expect((await post({ peer: 'node2', action: 'release' })).body.links[0].faults).toEqual([]);
    await faulty.node.stop();
  });

  it.each([
    [{ peer: 'node9', action: 'hold' }, 'peer'],
    [{ peer: 'node1', action: 'hold' }, 'peer'],
    [{ peer: 'node2', action: 'explode' }, 'action'],
    [{ peer: 'node2', action: 'hold', origin: 'node9' }, 'origin'],
    [{ peer: 'node2', action: 'drop', count: 0 }, 'count'],
    [{ peer: 'node2', action: 'delay' }, 'delay_ms'],
    [{ peer: 'node2', action: 'delay', delay_ms: -1 }, 'delay_ms'],
  ])('refuses %j, naming %s', async (body, field) => {
    const faulty = singleNode({ faults: true });
    await faulty.node.start();
    const answer = await request(faulty.app).post('/faults').send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.field).toBe(field);
    await faulty.node.stop();
  });
});

describe('/members', () => {
  it('lists the others, and changes by writes that reach every node', async () => {
    expect((await request(single.app).get('/members')).body).toEqual({
      node_id: 'node1',
      peers: [
        { id: 'node2', url: 'http://node2:5000' },
        { id: 'node3', url: 'http://node3:5000' },
      ],
      removed: [],
    });
    const joined = await request(single.app)
      .post('/members')
      .send({ id: 'node4', url: 'http://node4:5000/' });
    expect(joined.body.peers).toContainEqual({ id: 'node4', url: 'http://node4:5000' });
    const left = await request(single.app).delete('/members/node2');
    expect(left.body.peers.map(({ id }: { id: string }) => id)).toEqual(['node3', 'node4']);
    expect(left.body.removed).toEqual(['node2']);
    expect((await request(single.app).get('/state')).body).toMatchObject({
      store: {},
      vector_clock: { node1: 2 },
    });
  });

  it('changes nothing when a node is let in that is there already', async () => {
    const { body } = await request(single.app)
      .post('/members')
      .send({ id: 'node2', url: 'http://node2:5000' });
    expect(body.peers).toHaveLength(2);
    expect(single.node.clock).toEqual({});
  });

  it.each([
    [{ id: 'node1', url: 'http://node1:5000' }, 'id'],
    [{ id: '__proto__', url: 'http://x:1' }, 'id'],
    [{ id: 'node4~1', url: 'http://x:1' }, 'id'],
    [{ url: 'http://x:1' }, 'id'],
    [{ id: 'node4' }, 'url'],
    [{ id: 'node4', url: 'node4:5000' }, 'url'],
    [[], 'body'],
  ])('refuses %j, naming %s', async (body, field) => {
    const answer = await request(single.app).post('/members').send(body);
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 400, field });
    expect(single.node.clock).toEqual({});
  });

  it('cannot be taken out what is not in, nor the node that is asked', async () => {
    expect((await request(single.app).delete('/members/node9')).status).toBe(404);
    expect((await request(single.app).delete('/members/node1')).body.field).toBe('id');
  });

  it('needs the cluster token to change', async () => {
    const guarded = singleNode({ token: 'secret' });
    await guarded.node.start();
    const member = { id: 'node4', url: 'http://node4:5000' };
    expect((await request(guarded.app).post('/members').send(member)).status).toBe(401);
    expect((await request(guarded.app).delete('/members/node2')).status).toBe(401);
    expect((await request(guarded.app).get('/snapshot')).status).toBe(401);
    expect((await request(guarded.app).get('/members')).body.peers).toHaveLength(2);
    await guarded.node.stop();
  });
});
