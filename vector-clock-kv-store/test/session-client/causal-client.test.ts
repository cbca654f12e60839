import { describe, expect, it } from 'vitest';
import {
  BehindError,
  CausalClient,
  InvalidResponseError,
  StoreError,
  TooFewCopiesError,
  UnreachableError,
} from '../../src/session-client/index.ts';
import { type Script, scriptedTransport } from '../support/scripted-transport.ts';

const nodes = ['http://node1', 'http://node2', 'http://node3'];
const written: Script = { status: 200, body: { status: 'ok', vc: { node2: 1 } } };
const read: Script = { status: 200, body: { key: 'x', value: 1, vc: { node2: 1 } } };
const behind: Script = {
  status: 503,
  body: { error: 'This node is behind', code: 'behind_context', missing: { node2: 3 } },
};
const tooFew: Script = {
  status: 503,
  body: { error: 'too few', code: 'too_few_copies', vc: { node1: 4 }, stored_on: 1, acks: 2 },
};

function clientOf(scripts: Record<string, readonly Script[]>, rounds = 2) {
  const transport = scriptedTransport(scripts);
  const client = new CausalClient({ nodes, transport, random: () => 0, retry: { rounds } });
  const asked = () => transport.requests.map(({ node }) => node.slice('http://'.length));
  return { client, transport, asked };
}

describe('CausalClient', () => {
  it('sends its context with each request, and adds that of each response', async () => {
    const { client, transport } = clientOf({ 'http://node1': [written, read] });
    await client.put('x', 1);
    await client.get('x');
    await client.putAll([{ key: 'y', value: 2 }]).catch(() => {});
    expect(client.context).toEqual({ node2: 1 });
    const [put, get, batch] = transport.requests;
    expect(put).toMatchObject({ path: '/put?wait_ms=5000', body: { key: 'x', value: 1, vc: {}, acks: 1 } });
    expect(get?.path).toBe(`/get?key=x&vc=${encodeURIComponent('{"node2":1}')}&wait_ms=5000`);
    expect(batch).toMatchObject({ path: '/batch?wait_ms=5000', body: { writes: [{ key: 'y', value: 2 }] } });
  });

  it('asks the next node after a failure, and begins with that one from then on', async () => {
    const { client, asked } = clientOf({ 'http://node1': [behind], 'http://node2': [read] });
    await client.get('x');
    await client.get('x');
    expect(asked()).toEqual(['node1', 'node2', 'node2']);
  });

  it('asks all nodes again after a pause, as often as the policy says', async () => {
    const { client, asked } = clientOf({ 'http://node3': [behind, behind, read] });
    expect((await client.get('x')).value).toBe(1);
    expect(asked()).toHaveLength(9);
    const impatient = clientOf({ 'http://node3': [behind, read] }, 0);
    await expect(impatient.client.get('x')).rejects.toThrow(BehindError);
    expect(impatient.asked()).toHaveLength(3);
  });

  it('asks only the node that a call names', async () => {
    const { client, asked } = clientOf({});
    await expect(client.get('x', { node: 'http://node3/' })).rejects.toThrow(UnreachableError);
    expect(asked()).toEqual(['node3', 'node3', 'node3']);
  });

  it.each<[string, Script]>([
    ['lost', { fails: 'ambiguous' }],
    ['the error of a proxy', { status: 502, body: 'Bad Gateway' }],
    ['a 503 of a proxy, which may have passed the write on', { status: 503, body: 'upstream reset' }],
    ['that the write was made', tooFew],
    ['an error of the request', { status: 400, body: { error: 'key must not be empty' } }],
    ['a fault of the node', { status: 500, body: { code: 'internal_error' } }],
  ])('sends a write once if the response is %s', async (_what, script) => {
    const { client, asked } = clientOf({ 'http://node1': [script], 'http://node2': [written] });
    await expect(client.put('x', 1)).rejects.toThrow();
    expect(asked()).toEqual(['node1']);
  });

  it.each<[string, Script]>([
    ['was lost', { fails: 'ambiguous' }],
    ['is the error of a proxy', { status: 504, body: '' }],
    ['is a 503 of a proxy', { status: 503, body: '' }],
    ['is a fault of the node', { status: 500, body: { code: 'internal_error' } }],
  ])('repeats a read whose response %s', async (_what, script) => {
    const { client, asked } = clientOf({ 'http://node1': [script], 'http://node2': [read] });
    await client.get('x');
    expect(asked()).toEqual(['node1', 'node2']);
  });

  it.each<[string, Script]>([
    ['refused', { fails: 'refused' }],
    ['limited', { status: 429, body: { error: 'Too many requests' } }],
    ['not taken by a starting node', { status: 503, body: { code: 'not_serving' } }],
  ])('sends a write again that was %s', async (_what, script) => {
    const { client, asked } = clientOf({ 'http://node1': [script], 'http://node2': [written] });
    await client.put('x', 1);
    expect(asked()).toEqual(['node1', 'node2']);
  });

  it('names what failed in typed errors', async () => {
    const failure = (script: Script) =>
      clientOf({ 'http://node1': [script], 'http://node2': [script], 'http://node3': [script] }, 0)
        .client.put('x', 1)
        .catch((error: unknown) => error);
    expect(await failure(behind)).toMatchObject({ name: 'BehindError', status: 503, missing: { node2: 3 } });
    expect(await failure(tooFew)).toMatchObject({ name: 'TooFewCopiesError', storedOn: 1 });
    expect(await failure({ fails: 'refused' })).toMatchObject({ name: 'UnreachableError', isNotSent: true });
    expect(await failure({ fails: 'ambiguous' })).toMatchObject({
      isNotSent: false,
      message: 'put x: http://node1: ECONNRESET; the write may have been made',
    });
    const notServing = await failure({ status: 503, body: { error: 'starting', code: 'not_serving' } });
    expect(notServing).toBeInstanceOf(StoreError);
    expect(notServing).toMatchObject({ name: 'StoreError', code: 'not_serving', call: 'put x' });
    const invalid = await failure({ status: 200, body: '<html>' });
    expect(invalid).toBeInstanceOf(InvalidResponseError);
  });

  it('has seen a write that too few nodes stored', async () => {
    const { client } = clientOf({ 'http://node1': [tooFew] });
    await expect(client.put('x', 1, { acks: 2 })).rejects.toThrow(TooFewCopiesError);
    expect(client.context).toEqual({ node1: 4 });
  });

  it('gives a call up with the reason of its signal, and tries no further node', async () => {
    const { client, asked } = clientOf({ 'http://node1': ['silent'], 'http://node2': [read] });
    const controller = new AbortController();
    const reading = client.get('x', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await expect(client.get('x', { signal: controller.signal })).rejects.toThrow('enough');
    expect(asked()).toEqual(['node1']);
  });

  it.each([
    ...['localhost:5001', 'node1', 'http://', 'ftp://node1', ''],
    ...['http://user:word@node1', 'http://node1?a=b', 'http://node1/store#part'],
  ])('rejects %j as a node', async (node) => {
    expect(() => new CausalClient({ nodes: [node] })).toThrow(
      `${JSON.stringify(node)} is no URL of a node, such as http://localhost:5001.`,
    );
    const { client, asked } = clientOf({});
    await expect(client.put('x', 1, { node })).rejects.toThrow(TypeError);
    await expect(client.watch('', { node, since: {} }).next()).rejects.toThrow(TypeError);
    expect(asked()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['NaN', Number.NaN],
    ['a number within that is not finite', { temperature: Number.POSITIVE_INFINITY }],
    ['a gap of a list', [1, undefined]],
    ['a big integer', 1n],
  ])('refuses a value that JSON cannot express: %s', async (_what, value) => {
    const { client, asked } = clientOf({ 'http://node1': [written] });
    const wanted = value as string;
    await expect(client.put('x', wanted)).rejects.toThrow(TypeError);
    await expect(client.putAll([{ key: 'x', value: wanted }])).rejects.toThrow(TypeError);
    expect(asked()).toEqual([]);
    // Members without a value are left out, as everywhere in JavaScript.
    await client.put('x', { note: undefined });
  });

  it.each<[string, unknown]>([
    ['a lone surrogate, which a URL would replace', '\ud800'],
    ['no string', undefined],
  ])('refuses a key that is %s', async (_what, key) => {
    const { client, asked } = clientOf({});
    const wanted = key as string;
    const calls = [client.put(wanted, 1), client.get(wanted), client.remove(wanted)];
    for (const call of calls) await expect(call).rejects.toThrow(TypeError);
    expect(asked()).toEqual([]);
  });

  it.each([
    { waitMs: Number.NaN },
    { waitMs: Number.POSITIVE_INFINITY },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { retry: { rounds: Number.NaN } },
    { retry: { firstMs: -1 } },
    { retry: { longestMs: Number.POSITIVE_INFINITY } },
  ])('refuses the option %j', (options) => {
    expect(() => new CausalClient({ nodes, ...options })).toThrow(TypeError);
  });

  it('takes an option that is undefined for its default', async () => {
    const transport = scriptedTransport({});
    const retry = { rounds: undefined, firstMs: undefined, longestMs: undefined } as object;
    const client = new CausalClient({ nodes, transport, random: () => 0, retry, waitMs: undefined });
    await expect(client.get('x', { node: undefined, signal: undefined })).rejects.toThrow(UnreachableError);
    expect(transport.requests).toHaveLength(12);
  });

  it('without nodes says so', async () => {
    const client = new CausalClient({ nodes: [], transport: scriptedTransport({}) });
    await expect(client.get('x')).rejects.toThrow('get x: no node is known');
  });
});
