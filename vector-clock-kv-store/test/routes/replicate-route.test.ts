import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createNodeApp, servedNode } from '../support/node-app.ts';

const { replicate, state } = servedNode();

describe('POST /replicate', () => {
  it('applies ready messages, buffers early ones and detects duplicates', async () => {
    const early = await replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    expect(early.status).toBe(202);
    expect(early.body).toEqual({ status: 'buffered', vc: {} });
    const [waiting] = (await state()).buffered;
    expect(waiting).toEqual({ key: 'x', value: 2, sender: 'node2', vector_clock: { node2: 2 } });
    expect((await state()).store).toEqual({});
    const cause = await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    expect(cause.body).toEqual({ status: 'applied', vc: { node2: 2 } });
    const repeated = await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    expect(repeated.body).toEqual({ status: 'duplicate', vc: { node2: 2 } });
    expect(await state()).toEqual({
      node_id: 'node1',
      clock_id: 'node1',
      store: { x: 2 },
      vector_clock: { node2: 2 },
      buffered: [],
    });
  });

  it('accepts a batch, and returns the status of each message', async () => {
    const { body } = await replicate([
      { sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } },
      { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } },
      { sender: 'node3', key: 'y', value: 1, vc: { node2: 3, node3: 1 } },
    ]);
    expect(body).toEqual({
      status: 'buffered',
      statuses: ['buffered', 'applied', 'buffered'],
      vc: { node2: 2 },
    });
  });

  it('accepts writes of a new incarnation of a peer', async () => {
    const { body } = await replicate({ sender: 'node2~k3x9', key: 'x', value: 1, vc: { 'node2~k3x9': 1 } });
    expect(body.status).toBe('applied');
  });

  it('refuses messages when its buffer is full', async () => {
    const small = createNodeApp({ bufferCapacity: 1 });
    await small.node.start();
    const send = (counter: number) =>
      request(small.app)
        .post('/replicate')
        .send({ sender: 'node2', key: 'x', value: 1, vc: { node2: counter } });
    expect((await send(2)).status).toBe(202);
    const refused = await send(3);
    expect(refused.status).toBe(503);
    expect(refused.body.status).toBe('refused');
    await small.node.stop();
  });
});
