import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();

beforeEach(() => served.put({ key: 'x', value: 'kept' }));

/** Sends a raw body and checks that the store stays unchanged and the response contains no stack trace. */
async function reject(path: string, body: string, contentType = 'application/json') {
  const before = await served.state();
  const response = await request(served.app).post(path).set('content-type', contentType).send(body);
  expect(await served.state()).toEqual(before);
  expect(response.text).not.toMatch(/node_modules|\.ts:|at Object/);
  return { status: response.status, field: response.body.field };
}

const tooLarge = JSON.stringify('v'.repeat(2 * 1024 * 1024));
const tooDeep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
/** Each number is 4 bytes here, but 21 when the store serializes it. */
const growing = `[${'1e20,'.repeat(100_000)}1]`;

describe('POST /put rejects without a change, naming the field,', () => {
  it.each([
    ['an empty body', '', 400, 'key'],
    ['broken JSON', '{"key":"x","value":', 400, 'body'],
    ['NaN, which is not JSON', '{"key":"x","value":NaN}', 400, 'body'],
    ['a string instead of an object', '"x"', 400, 'body'],
    ['an array instead of an object', '[{"key":"x","value":1}]', 400, 'body'],
    ['no key', '{"value":1}', 400, 'key'],
    ['an empty key', '{"key":"","value":1}', 400, 'key'],
    ['a number as key', '{"key":7,"value":1}', 400, 'key'],
    ['__proto__ as key', '{"key":"__proto__","value":1}', 400, 'key'],
    ['a lone surrogate in a key', '{"key":"\\ud800","value":1}', 400, 'key'],
    ['a key of more than 1 KiB', JSON.stringify({ key: 'k'.repeat(1025), value: 1 }), 400, 'key'],
    ['no value', '{"key":"x"}', 400, 'value'],
    ['a misspelled value', '{"key":"x","valeu":1}', 400, 'valeu'],
    ['a misspelled acks', '{"key":"x","value":1,"ack":2}', 400, 'ack'],
    ['null as value', '{"key":"x","value":null}', 400, 'value'],
    ['an infinite value', '{"key":"x","value":1e400}', 400, 'value'],
    ['an infinite number in a value', '{"key":"x","value":{"a":[-1e400]}}', 400, 'value'],
    ['a value of 2 MB', `{"key":"x","value":${tooLarge}}`, 413, 'body'],
    ['a value that grows to 2 MB when serialized', `{"key":"x","value":${growing}}`, 413, 'value'],
    ['a value nested too deeply', `{"key":"x","value":${tooDeep}}`, 400, 'value'],
    ['acks of 0', '{"key":"x","value":1,"acks":0}', 400, 'acks'],
    ['acks of 1.5', '{"key":"x","value":1,"acks":1.5}', 400, 'acks'],
    ['an integer that JSON numbers cannot carry', '{"key":"x","value":[9007199254740993]}', 400, 'value'],
    ['a number so small that it parses to 0', '{"key":"x","value":{"a":1e-400}}', 400, 'value'],
    ['more digits than a double has', '{"key":"x","value":0.12345678901234567890}', 400, 'value'],
    ['a counter so small that it parses to 0', '{"key":"x","value":[7],"vc":{"node1":1e-400}}', 400, 'vc'],
    ['a repeated field', '{"key":"x","key":"y","value":1}', 400, 'key'],
    ['a repeated name in a value', '{"key":"x","value":[0,{"a":1,"b":{},"a":2}]}', 400, 'value.1.a'],
    ['an array as clock', '{"key":"x","value":1,"vc":[1]}', 400, 'vc'],
    ['an integer of a million digits', `{"key":"x","value":${'9'.repeat(1_000_000)}}`, 400, 'value'],
    ['an object as counter', '{"key":"x","value":1,"vc":{"node1":{"toString":1}}}', 400, 'vc.node1'],
    ['a string as clock', '{"key":"x","value":1,"vc":"{}"}', 400, 'vc'],
    ['a negative counter', '{"key":"x","value":1,"vc":{"node2":-1}}', 400, 'vc.node2'],
    ['a fractional counter', '{"key":"x","value":1,"vc":{"node2":1.5}}', 400, 'vc.node2'],
    ['a string as counter', '{"key":"x","value":1,"vc":{"node2":"1"}}', 400, 'vc.node2'],
    ['an infinite counter', '{"key":"x","value":1,"vc":{"node2":1e999}}', 400, 'vc.node2'],
    [
      'a counter past the safe integers',
      '{"key":"x","value":1,"vc":{"node2":9007199254740993}}',
      400,
      'vc.node2',
    ],
    ['__proto__ in a clock', '{"key":"x","value":1,"vc":{"__proto__":1}}', 400, 'vc.__proto__'],
    ['an unknown node in a clock', '{"key":"x","value":1,"vc":{"node9":1}}', 400, 'vc.node9'],
    ['a write that this node never made', '{"key":"x","value":1,"vc":{"node1":2}}', 400, 'vc.node1'],
  ])('%s', async (_what, body, status, field) => {
    expect(await reject('/put', body)).toEqual({ status, field });
  });

  it('bytes that are not UTF-8', async () => {
    const before = await served.state();
    const body = Buffer.concat([Buffer.from('{"key":"'), Buffer.from([0xff]), Buffer.from('","value":1}')]);
    const response = await request(served.app)
      .post('/put')
      .set('content-type', 'application/json')
      .serialize((bytes) => bytes)
      .send(body);
    expect({ status: response.status, body: response.body }).toMatchObject({
      status: 400,
      body: { error: 'body: is not valid UTF-8', field: 'body' },
    });
    expect(await served.state()).toEqual(before);
  });

  it('a clock of 100,000 invalid names, in a small response', async () => {
    const vc = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`-${index}`, 1]));
    const { status, text } = await request(served.app).post('/put').send({ key: 'x', value: 1, vc });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: 'vc: must have at most 1000 entries', field: 'vc' });
    expect(text.length).toBeLessThan(400);
  });

  it('a form instead of JSON', async () => {
    expect(await reject('/put', 'key=x&value=1', 'application/x-www-form-urlencoded')).toEqual({
      status: 415,
      field: 'body',
    });
  });
});

describe('POST /replicate rejects without a change, naming the field,', () => {
  const message = (change: object) =>
    JSON.stringify({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 }, ...change });
  it.each([
    ['broken JSON', '{', 400, 'body'],
    ['an empty batch', '[]', 400, 'body'],
    ['no sender', message({ sender: undefined }), 400, 'sender'],
    ['an unknown sender', message({ sender: 'node9', vc: { node9: 1 } }), 400, 'sender'],
    ['__proto__ as sender', message({ sender: '__proto__' }), 400, 'sender'],
    ['a forged write of this node', message({ sender: 'node1', vc: { node1: 2 } }), 400, 'vc.node1'],
    ['an empty key', message({ key: '' }), 400, 'key'],
    ['__proto__ as key', message({ key: '__proto__' }), 400, 'key'],
    ['no value', message({ value: undefined }), 400, 'value'],
    ['an infinite value', '{"sender":"node2","key":"x","value":1e400,"vc":{"node2":1}}', 400, 'value'],
    ['a value of 2 MB', message({ value: 'v'.repeat(2 * 1024 * 1024) }), 413, 'body'],
    ['no clock', message({ vc: undefined }), 400, 'vc'],
    ['an array as clock', message({ vc: [0, 1] }), 400, 'vc'],
    ['a clock without the sender', message({ vc: { node3: 1 } }), 400, 'vc'],
    ['a clock with 0 for the sender', message({ vc: { node2: 0 } }), 400, 'vc'],
    ['a negative counter', message({ vc: { node2: 1, node3: -2 } }), 400, 'vc.node3'],
    ['a fractional counter', message({ vc: { node2: 1.5 } }), 400, 'vc.node2'],
    ['an unknown node in the clock', message({ vc: { node2: 1, node9: 1 } }), 400, 'vc.node9'],
    ['a write that this node never made', message({ vc: { node2: 1, node1: 5 } }), 400, 'vc.node1'],
    [
      'a batch with one invalid message',
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
    expect(await reject('/replicate', body)).toEqual({ status, field });
  });

  it.each([
    ['100,000 numbers', JSON.stringify(Array.from({ length: 100_000 }, () => 1))],
    ['1,000 numbers', JSON.stringify(Array.from({ length: 1_000 }, () => 1))],
  ])('%s, in a small response', async (_what, body) => {
    const { status, text } = await request(served.app).post('/replicate').type('json').send(body);
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(1_000);
  });
});

describe('GET /get rejects, naming the field,', () => {
  it.each([
    ['kye=x', 'kye'],
    ['key=x&wait=5', 'wait'],
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
    const { status, body } = await request(served.app).get(`/get?${query}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });

  it('a query that is not UTF-8', async () => {
    const { status, body } = await request(served.app).get('/get?key=%FF');
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'query' });
  });

  it('a path that is not a valid URL', async () => {
    const { status, body } = await request(served.app).get('/read/%E0%A4%A');
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'path' });
  });
});

describe('POST /put accepts', () => {
  it.each([
    ['digits in a long string', `1234567890123456${'a'.repeat(1_000_000)}`],
    ['digits in a string of escapes', `9007199254740993${'\n'.repeat(400_000)}`],
    ['digits after an escaped quote', '\\"9007199254740993'],
    ['long integers that are exact', 9007199254740992],
  ])('%s', async (_what, value) => {
    expect((await request(served.app).post('/put').send({ key: 'long', value })).status).toBe(200);
    expect((await request(served.app).get('/get?key=long')).body.value).toEqual(value);
  });
});

describe('operator routes reject, naming the field,', () => {
  it('an address that every member would have to store', async () => {
    const url = `http://node4:5000/${'a'.repeat(1_000_000)}`;
    expect(await reject('/members', JSON.stringify({ id: 'node4', url }))).toEqual({
      status: 400,
      field: 'url',
    });
  });

  it('a snapshot mark that is no key', async () => {
    const { status, body } = await request(served.app)
      .get('/snapshot')
      .query({ mark: 'm'.repeat(4_000) });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'mark' });
  });
});
