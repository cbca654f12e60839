import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { MAX_CLOCK_ENTRIES, MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../src/limits.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();

describe('the largest write that a node accepts', () => {
  it('is received by its peers, with the longest key, value and clock', async () => {
    // Control characters and backslashes are the longest once escaped.
    const key = '\u0001'.repeat(MAX_KEY_BYTES);
    const value = 'v'.repeat(MAX_VALUE_BYTES - 2);
    const accepted = await request(served.app).post('/put').send({ key, value });
    expect(accepted.status).toBe(200);
    const ids = Array.from(
      { length: MAX_CLOCK_ENTRIES - 1 },
      (_, n) => `node3~${String(n).padStart(16, '0')}`,
    );
    const vc = Object.fromEntries([...ids.map((id) => [id, Number.MAX_SAFE_INTEGER]), ['node2', 2]]);
    const received = await request(served.app).post('/replicate').send({ sender: 'node2', key, value, vc });
    expect([received.status, received.body.status]).toEqual([202, 'buffered']);
  });
});
