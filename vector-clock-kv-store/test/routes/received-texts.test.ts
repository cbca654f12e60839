import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../src/storage/encoded-write.ts';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
const text = (counter: number) =>
  `{"vc":{"node2":${counter}},"value":1.0,"key":"k${counter}","sender":"node2"}`;
const send = (json: string) =>
  request(served.app).post('/replicate').set('content-type', 'application/json').send(json);
const logged = () => served.storage.log('node2', 0, { writes: 10, bytes: 10_000 }).map(jsonOf);

describe('the log of a receiver', () => {
  it('keeps writes as their sender has encoded them', async () => {
    await send(`[${text(1)},${text(2)}]`).expect(202);
    expect(logged()).toEqual([text(1), text(2)]);
  });

  it.each([
    ['a message of which a write waits', `[${text(1)},${text(3)}]`],
    ['a message with a duplicate', `[${text(1)},${text(1)}]`],
    ['a message with line breaks', `[${text(1)},\n${text(2)}]`],
  ])('keeps no text of %s', async (_what, json) => {
    await send(json).expect(202);
    expect(logged()[0]).toBe('{"vc":{"node2":1},"value":1,"key":"k1","sender":"node2"}');
  });
});
