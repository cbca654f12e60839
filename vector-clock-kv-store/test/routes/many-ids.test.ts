import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { MAX_LIVE_IDS } from '../../src/limits.ts';
import { heartbeatSchema } from '../../src/messages/peer.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const { put, replicate } = served;

/** A batch of first writes of lives that never existed. */
const forged = (batch: number) =>
  Array.from({ length: 100 }, (_, index) => {
    const sender = `node2~${batch}x${index}`;
    return { sender, key: 'x', value: 1, vc: { [sender]: 1 } };
  });

describe('POST /replicate with writes of more lives than a clock has room for', () => {
  it('takes what fits, refuses the rest with 503, and reports a clock that peers accept', async () => {
    const responses = [];
    for (let batch = 0; batch < 11; batch++) responses.push(await replicate(forged(batch)));
    expect(responses.map(({ status }) => status)).toEqual([202, 202, ...Array(9).fill(503)]);
    const [, , third] = responses;
    expect(third?.body.error).toMatch(/The clock of this node has \d+ node ids/);
    expect(third?.body.statuses.filter((status: string) => status === 'applied')).toHaveLength(50);
    const heartbeat = await request(served.app).get('/');
    expect(Object.keys(heartbeatSchema.parse(heartbeat.body).vector_clock)).toHaveLength(MAX_LIVE_IDS);
  });

  it('still serves clients, and takes further writes of the ids that it knows', async () => {
    for (let batch = 0; batch < 11; batch++) await replicate(forged(batch));
    expect((await put({ key: 'y', value: 1 })).status).toBe(200);
    const known = { sender: 'node2~0x0', key: 'y', value: 2, vc: { 'node2~0x0': 2 } };
    expect((await replicate(known)).body.status).toBe('applied');
    const unknown = { sender: 'node2~new', key: 'y', value: 2, vc: { 'node2~new': 1 } };
    expect((await replicate(unknown)).status).toBe(503);
  });

  it('counts lives whose writes wait for a dependency', async () => {
    const waiting = forged(0).map(({ sender, ...rest }) => ({ ...rest, sender, vc: { [sender]: 2 } }));
    expect((await replicate(waiting)).body.status).toBe('buffered');
    for (let batch = 1; batch < 11; batch++) await replicate(forged(batch));
    const { heard_of: heardOf } = (await request(served.app).get('/')).body;
    expect(Object.keys(heardOf)).toHaveLength(MAX_LIVE_IDS);
  });
});
