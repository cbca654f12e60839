import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiskFullError, type DiskState } from '../../src/storage/full-disk.ts';
import { servedNode } from '../support/node-app.ts';

const reason = 'the disk that holds /data is full';
const disk = { full: undefined as DiskFullError | undefined, subscribe() {} } satisfies DiskState;
const node = servedNode({ disk });

describe('a node whose disk is full', () => {
  beforeEach(async () => {
    disk.full = undefined;
    await node.put({ key: 'x', value: 1 });
    disk.full = new DiskFullError(reason);
  });

  it('serves reads', async () => {
    const { status, body } = await request(node.app).get('/get?key=x');
    expect(status).toBe(200);
    expect(body).toMatchObject({ value: 1, vc: { node1: 1 } });
  });

  it.each([
    ['PUT /put', () => node.put({ key: 'x', value: 2 })],
    ['DELETE /delete', () => request(node.app).delete('/delete?key=x')],
    ['POST /replicate', () => node.replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } })],
    [
      'POST /members',
      () => request(node.app).post('/members').send({ id: 'node9', url: 'http://node9:5000' }),
    ],
  ])('answers %s with a 503 that names the cause, and changes nothing', async (_route, send) => {
    const { status, body, headers } = await send();
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error: expect.stringContaining('disk of this node is full'),
      reason: 'disk-full',
    });
    expect(headers['retry-after']).toBe('1');
    expect((await node.state()).vector_clock).toEqual({ node1: 1 });
    expect(node.node.heardOf()).toEqual({ node1: 1 });
  });

  it('is not ready, and shows why in the heartbeat', async () => {
    const ready = await request(node.app).get('/ready');
    expect(ready.status).toBe(503);
    expect(ready.body.reason).toBe(reason);
    expect((await request(node.app).get('/')).body).toMatchObject({ status: 'ok', read_only: reason });
  });

  it('accepts writes again once there is room', async () => {
    disk.full = undefined;
    expect((await node.put({ key: 'x', value: 2 })).body.vc).toEqual({ node1: 2 });
    expect((await request(node.app).get('/ready')).status).toBe(200);
    expect((await request(node.app).get('/')).body).not.toHaveProperty('read_only');
  });
});
