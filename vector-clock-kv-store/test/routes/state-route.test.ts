import fc from 'fast-check';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createNodeApp } from '../support/node-app.ts';

describe('GET /state', () => {
  it('sends every value as it was written, as one valid JSON object', async () => {
    const entries = fc.dictionary(
      fc
        .string({ minLength: 1, unit: 'grapheme' })
        .filter((key) => key !== '__proto__' && !key.includes('\0')),
      fc.jsonValue().filter((value) => value !== null),
      { maxKeys: 5 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (written) => {
        const { app, node } = createNodeApp();
        await node.start();
        for (const [key, value] of Object.entries(written)) await node.store?.put(key, value ?? 0);
        const { body, headers } = await request(app).get('/state');
        expect(headers['content-type']).toMatch('application/json');
        expect(Object.keys(body)).toEqual(['node_id', 'clock_id', 'store', 'vector_clock', 'buffered']);
        expect(body.store).toEqual(JSON.parse(JSON.stringify(written)));
      }),
      { numRuns: 30 },
    );
  });

  it('sends more data than one page holds, and no deleted keys', async () => {
    const { app, node } = createNodeApp();
    await node.start();
    for (let n = 0; n < 20; n++) await node.store?.put(`k${n}`, 'v'.repeat(50_000));
    await node.store?.put('k3', null);
    const { body } = await request(app).get('/state');
    expect(Object.keys(body.store)).toHaveLength(19);
    expect(body.vector_clock).toEqual({ node1: 21 });
  });

  it('sends the writes that wait for a dependency', async () => {
    const { app, node } = createNodeApp();
    await node.start();
    const waiting = [2, 3].map((n) => ({ sender: 'node2', key: 'x', value: n, vc: { node2: n } }));
    await node.store?.receive(waiting);
    const { body } = await request(app).get('/state');
    expect(body.buffered).toEqual(waiting.map(({ vc, ...rest }) => ({ ...rest, vector_clock: vc })));
  });

  it('responds before the node has started, and to HEAD with headers only', async () => {
    const { app } = createNodeApp();
    const { body } = await request(app).get('/state');
    expect(body).toEqual({ node_id: 'node1', clock_id: 'node1', store: {}, vector_clock: {}, buffered: [] });
    expect((await request(app).head('/state')).headers['content-type']).toMatch('application/json');
  });
});
