import { VERSION } from '@gridclock/service-kit';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createNodeApp, servedNode } from '../support/node-app.ts';

const served = servedNode();
const { put, replicate } = served;

describe('GET /', () => {
  it('returns the heartbeat', async () => {
    await put({ key: 'x', value: 1 });
    await replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    expect((await request(served.app).get('/')).body).toEqual({
      node_id: 'node1',
      name: 'node1',
      clock_id: 'node1',
      life: served.node.life,
      lineage: [{ life: served.node.life, id: 'node1', from: 0 }],
      conflicts: [],
      status: 'ok',
      version: VERSION,
      vector_clock: { node1: 1 },
      heard_of: { node1: 1, node2: 2 },
      pruned: {},
      peers: [
        { id: 'node2', url: 'http://node2:5000' },
        { id: 'node3', url: 'http://node3:5000' },
      ],
      removed: [],
      retired: 0,
      wire: { reads: [1, 2], writes: 2 },
    });
  });
});

describe('a starting node', () => {
  it('is healthy but not ready, and serves neither clients nor peers', async () => {
    const { app } = createNodeApp();
    expect((await request(app).get('/health')).status).toBe(200);
    expect((await request(app).get('/ready')).status).toBe(503);
    expect((await request(app).get('/')).body.status).toBe('starting');
    const { status, body } = await request(app).post('/put').send({ key: 'x', value: 1 });
    expect([status, body.error]).toEqual([
      503,
      'This node does not serve (starting); ask another node, or this one later',
    ]);
    expect((await request(app).get('/get').query({ key: 'x' })).status).toBe(503);
    const message = { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } };
    expect((await request(app).post('/replicate').send(message)).status).toBe(503);
  });
});
