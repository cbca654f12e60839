import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SingleNode, singleNode } from '../support/single-node.ts';

let single: SingleNode;

beforeEach(async () => {
  single = singleNode();
  await single.node.start();
  await request(single.app).post('/put').send({ key: 'x', value: 'kept' });
});

afterEach(() => single.node.stop());

/** Sends a body as it is, and shows that it changed nothing. */
async function refused(path: string, body: string, contentType = 'application/json') {
  const look = async () => (await request(single.app).get('/state')).body;
  const before = await look();
  const answer = await request(single.app).post(path).set('content-type', contentType).send(body);
  expect(await look()).toEqual(before);
  expect(answer.text).not.toMatch(/node_modules|\.ts:|at Object/);
  return { status: answer.status, field: answer.body.field };
}

const tooLarge = JSON.stringify('v'.repeat(2 * 1024 * 1024));
const tooDeep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
/** Four bytes each here, twenty-two as the store would have to send them on. */
const growing = `[${'1e20,'.repeat(100_000)}1]`;

describe('a body of POST /put that is wrong changes nothing and is told which field it is', () => {
  it.each([
    ['an empty body', '', 400, 'key'],
    ['broken JSON', '{"key":"x","value":', 400, 'body'],
    ['NaN, which is not JSON', '{"key":"x","value":NaN}', 400, 'body'],
    ['a string for an object', '"x"', 400, 'body'],
    ['an array for an object', '[{"key":"x","value":1}]', 400, 'body'],
    ['no key', '{"value":1}', 400, 'key'],
    ['an empty key', '{"key":"","value":1}', 400, 'key'],
    ['a number for a key', '{"key":7,"value":1}', 400, 'key'],
    ['__proto__ for a key', '{"key":"__proto__","value":1}', 400, 'key'],
    ['half a character in a key', '{"key":"\\ud800","value":1}', 400, 'key'],
    ['a key of more than 1 KiB', JSON.stringify({ key: 'k'.repeat(1025), value: 1 }), 400, 'key'],
    ['no value', '{"key":"x"}', 400, 'value'],
    ['null for a value', '{"key":"x","value":null}', 400, 'value'],
    ['an infinite value', '{"key":"x","value":1e400}', 400, 'value'],
    ['an infinite number in a value', '{"key":"x","value":{"a":[-1e400]}}', 400, 'value'],
    ['a value of 2 MB', `{"key":"x","value":${tooLarge}}`, 413, 'body'],
    ['a value that grows to 2 MB when sent on', `{"key":"x","value":${growing}}`, 413, 'value'],
    ['a value nested too deeply', `{"key":"x","value":${tooDeep}}`, 400, 'value'],
    ['no acknowledgement at all', '{"key":"x","value":1,"acks":0}', 400, 'acks'],
    ['half an acknowledgement', '{"key":"x","value":1,"acks":1.5}', 400, 'acks'],
    ['an array for a clock', '{"key":"x","value":1,"vc":[1]}', 400, 'vc'],
    ['a string for a clock', '{"key":"x","value":1,"vc":"{}"}', 400, 'vc'],
    ['a negative counter', '{"key":"x","value":1,"vc":{"node2":-1}}', 400, 'vc.node2'],
    ['a fractional counter', '{"key":"x","value":1,"vc":{"node2":1.5}}', 400, 'vc.node2'],
    ['a string for a counter', '{"key":"x","value":1,"vc":{"node2":"1"}}', 400, 'vc.node2'],
    ['an infinite counter', '{"key":"x","value":1,"vc":{"node2":1e999}}', 400, 'vc.node2'],
    [
      'a counter past the safe integers',
      '{"key":"x","value":1,"vc":{"node2":9007199254740993}}',
      400,
      'vc.node2',
    ],
    ['__proto__ in a clock', '{"key":"x","value":1,"vc":{"__proto__":1}}', 400, 'vc.__proto__'],
    [
      'a node that is none of the cluster in a clock',
      '{"key":"x","value":1,"vc":{"node9":1}}',
      400,
      'vc.node9',
    ],
    ['a write of this node that was never made', '{"key":"x","value":1,"vc":{"node1":2}}', 400, 'vc.node1'],
  ])('%s', async (_what, body, status, field) => {
    expect(await refused('/put', body)).toEqual({ status, field });
  });

  it('a form instead of JSON', async () => {
    expect(await refused('/put', 'key=x&value=1', 'application/x-www-form-urlencoded')).toEqual({
      status: 400,
      field: 'body',
    });
  });
});

describe('a body of POST /replicate that is wrong changes nothing and is told which field it is', () => {
  const message = (change: object) =>
    JSON.stringify({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 }, ...change });
  it.each([
    ['broken JSON', '{', 400, 'body'],
    ['an empty batch', '[]', 400, 'body'],
    ['no sender', message({ sender: undefined }), 400, 'sender'],
    ['an unknown sender', message({ sender: 'node9', vc: { node9: 1 } }), 400, 'sender'],
    ['__proto__ for a sender', message({ sender: '__proto__' }), 400, 'sender'],
    [
      'a write that pretends to be of this node',
      message({ sender: 'node1', vc: { node1: 2 } }),
      400,
      'vc.node1',
    ],
    ['an empty key', message({ key: '' }), 400, 'key'],
    ['__proto__ for a key', message({ key: '__proto__' }), 400, 'key'],
    ['no value', message({ value: undefined }), 400, 'value'],
    ['an infinite value', '{"sender":"node2","key":"x","value":1e400,"vc":{"node2":1}}', 400, 'value'],
    ['a value of 2 MB', message({ value: 'v'.repeat(2 * 1024 * 1024) }), 413, 'body'],
    ['no clock', message({ vc: undefined }), 400, 'vc'],
    ['an array for a clock', message({ vc: [0, 1] }), 400, 'vc'],
    ['a clock without the sender', message({ vc: { node3: 1 } }), 400, 'vc'],
    ['a clock that counts this write as 0', message({ vc: { node2: 0 } }), 400, 'vc'],
    ['a negative counter', message({ vc: { node2: 1, node3: -2 } }), 400, 'vc.node3'],
    ['a fractional counter', message({ vc: { node2: 1.5 } }), 400, 'vc.node2'],
    ['an unknown node in the clock', message({ vc: { node2: 1, node9: 1 } }), 400, 'vc.node9'],
    ['a write of this node that was never made', message({ vc: { node2: 1, node1: 5 } }), 400, 'vc.node1'],
    [
      'a batch with one wrong message',
      `[${message({})},${message({ vc: { node2: -1 } })}]`,
      400,
      '1.vc.node2',
    ],
    [
      'a batch with one unknown sender',
      `[${message({})},${message({ sender: 'node9', vc: { node9: 1 } })}]`,
      400,
      '1.sender',
    ],
  ])('%s', async (_what, body, status, field) => {
    expect(await refused('/replicate', body)).toEqual({ status, field });
  });
});

describe('a query of GET /get that is wrong is told which field it is', () => {
  it.each([
    ['', 'key'],
    ['key=', 'key'],
    ['key=a&key=b', 'key'],
    ['key=__proto__', 'key'],
    ['key=x&vc=', 'vc'],
    ['key=x&vc=nonsense', 'vc'],
    ['key=x&vc=[1]', 'vc'],
    ['key=x&vc={"node2":-1}', 'vc.node2'],
    ['key=x&vc={"node9":1}', 'vc.node9'],
    ['key=x&vc={}&vc={}', 'vc'],
    ['key=x&wait_ms=soon', 'wait_ms'],
    ['key=x&wait_ms=-1', 'wait_ms'],
    ['key=x&wait_ms=30001', 'wait_ms'],
    ['key=x&wait_ms=1e3', 'wait_ms'],
  ])('?%s', async (query, field) => {
    const { status, body } = await request(single.app).get(`/get?${query}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });

  it('and so is a path that is no URL', async () => {
    const { status, body } = await request(single.app).get('/read/%E0%A4%A');
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'path' });
  });
});
