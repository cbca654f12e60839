import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { MAX_MEMBER_RECORDS_BYTES } from '../../src/limits.ts';
import { MEMBERS_KEY } from '../../src/storage/storage.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();

/** As many records of removed members with long names and URLs as leave room for a few ordinary ones. */
const records = Object.fromEntries(
  Array.from({ length: Math.floor((MAX_MEMBER_RECORDS_BYTES - 500) / 307) }, (_, n) => {
    const url = `http://${'h'.repeat(190)}:5000`;
    return [`m${n}`.padEnd(63, 'x'), { url, revision: 1, removed: true }];
  }),
);

const admit = (id: string) =>
  request(served.app)
    .post('/members')
    .send({ id, url: `http://${id}:5000` });

describe('a node with the records of as many members as fit', () => {
  it('refuses a new one by name, and still moves and removes those that it has', async () => {
    await served.replicate({ sender: 'node2', key: MEMBERS_KEY, value: records, vc: { node2: 1 } });
    const size = Buffer.byteLength(JSON.stringify(records));
    expect(MAX_MEMBER_RECORDS_BYTES - size).toBeLessThan(1_500);
    let refused: Awaited<ReturnType<typeof admit>> | undefined;
    for (let n = 0; n < 20 && refused === undefined; n++) {
      const response = await admit(`new-member-${n}`);
      if (response.status !== 200) refused = response;
    }
    expect(refused?.body).toMatchObject({ status: 413, field: 'id', limit_bytes: MAX_MEMBER_RECORDS_BYTES });
    const { peers } = (await request(served.app).get('/members')).body;
    expect(peers.length).toBeGreaterThan(2);
    const moved = await request(served.app).post('/members').send({ id: 'node2', url: 'http://moved:5000' });
    expect(moved.body.peers).toContainEqual({ id: 'node2', url: 'http://moved:5000' });
    expect((await request(served.app).delete('/members/new-member-0')).status).toBe(200);
  });
});
