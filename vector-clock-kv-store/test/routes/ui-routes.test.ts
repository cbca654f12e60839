import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { PeerRequest } from '../../src/live/peer-requests.ts';
import { nodeViewSchema } from '../../src/messages/node-view.ts';
import { servedNode } from '../support/node-app.ts';

const asked: { peer: string; request: PeerRequest }[] = [];

const askPeer = async ({ id }: { id: string }, peerRequest: PeerRequest) => {
  asked.push({ peer: id, request: peerRequest });
  if (id === 'node3') throw new Error('connection refused');
  return { status: 200, data: { status: 'ok', vc: { node2: 1 } } };
};

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('the live page', () => {
  const served = servedNode({ faults: true, askPeer });

  it('is what a browser gets at /, and nobody else', async () => {
    await request(served.app).get('/').set('Accept', browser).expect(302).expect('Location', 'ui');
    for (const accept of [
      '*/*',
      'application/json',
      'application/json, text/plain, */*',
      'application/json, text/html',
    ])
      await request(served.app).get('/').set('Accept', accept).expect(200).expect('Content-Type', /json/);
    await request(served.app).get('/').expect('Content-Type', /json/).expect('Vary', 'Accept');
  });

  it('answers 404 for a file of another release', async () => {
    const { body, status } = await request(served.app).get('/ui/assets/000000000000.js');
    expect([status, body.error]).toEqual([404, 'Not found']);
  });

  it('gives a peer its heartbeat, whatever it accepts', async () => {
    const heartbeat = request(served.app).get('/').set('Accept', browser).set('X-Gridclock-Node', 'node2');
    await heartbeat.expect(200).expect('Content-Type', /json/);
  });

  it('shows a node: its clock, keys, buffer and links', async () => {
    await served.put({ key: 'x', value: 'y'.repeat(100) });
    await served.replicate({ sender: 'node2', key: 'z', value: 2, vc: { node2: 2 } });
    await request(served.app).post('/faults').send({ peer: 'node2', action: 'hold' });
    const { body } = await request(served.app).get('/ui/node').expect(200);
    expect(nodeViewSchema.parse(body)).toMatchObject({
      node: 'node1',
      status: 'ok',
      clock: { node1: 1 },
      members: ['node1', 'node2', 'node3'],
      keys: [{ key: 'x', value: `"${'y'.repeat(46)}…`, versions: 1 }],
      buffered: [{ write: { key: 'z', vc: { node2: 2 } }, missing: { node: 'node2', counter: 1 }, has: 0 }],
      links: [
        { peer: 'node2', faults: [{ action: 'hold' }] },
        { peer: 'node3', faults: [] },
      ],
    });
  });

  it('shows some keys of many', async () => {
    for (let index = 0; index < 60; index++) await served.put({ key: `k${index}`, value: index });
    const { body } = await request(served.app).get('/ui/node');
    expect(body.keys).toHaveLength(40);
    expect(body.more_keys).toBe(true);
  });

  it('passes commands on to other nodes', async () => {
    const body = { key: 'x', value: 1, vc: { node1: 1 } };
    await request(served.app)
      .post('/ui/nodes/node2/put')
      .send(body)
      .expect(200, { status: 'ok', vc: { node2: 1 } });
    expect(asked.at(-1)).toEqual({
      peer: 'node2',
      request: { method: 'POST', path: '/put', body: JSON.stringify(body) },
    });
    await request(served.app).post('/ui/nodes/node2/delete').send({ key: 'x' }).expect(200);
    expect(asked.at(-1)?.request).toMatchObject({ method: 'DELETE', path: '/delete' });
  });

  it('says which node is unknown or does not respond', async () => {
    const unknown = await request(served.app).post('/ui/nodes/node9/put').send({ key: 'x', value: 1 });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_a_member']);
    const absent = await request(served.app).post('/ui/nodes/node3/put').send({ key: 'x', value: 1 });
    expect([absent.status, absent.body.error]).toEqual([503, 'node3 does not respond']);
    await request(served.app).post('/ui/nodes/node2/members').send({}).expect(404);
  });

  it('does not pass on a number that it would change', async () => {
    const sent = asked.length;
    const response = await request(served.app)
      .post('/ui/nodes/node2/put')
      .set('Content-Type', 'application/json')
      .send('{"key":"x","value":9007199254740993}');
    expect([response.status, response.body.field]).toEqual([400, 'value']);
    expect(asked).toHaveLength(sent);
  });
});

describe('the live page of a cluster with a token', () => {
  const served = servedNode({ faults: true, askPeer, token: 'secret' });

  it('is served to everyone, but its data and faults only with the token', async () => {
    await request(served.app).get('/ui').expect(200);
    await request(served.app).get('/ui/node').expect(401);
    await request(served.app).get('/ui/events').set('Accept', 'text/event-stream').expect(401);
    const fault = () =>
      request(served.app).post('/ui/nodes/node2/faults').send({ peer: 'node1', action: 'hold' });
    await fault().expect(401);
    await fault().set('Authorization', 'Bearer secret').expect(200);
    await request(served.app).get('/ui/node').set('Authorization', 'Bearer secret').expect(200);
  });
});

describe('a node without a live page', () => {
  const served = servedNode();

  it('serves its heartbeat to browsers too', async () => {
    await request(served.app).get('/').set('Accept', browser).expect(200).expect('Content-Type', /json/);
    await request(served.app).get('/ui').set('Accept', browser).expect(404);
  });
});
