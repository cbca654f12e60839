import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type HotAndPlain,
  type Sent,
  serveHotAndPlain,
} from '../../../packages/service-kit/test/support/hot-and-plain.ts';
import { createNodeApp, type NodeApp } from '../support/node-app.ts';

let nodes: NodeApp[];
let served: HotAndPlain;

beforeEach(() => start());

async function start(rateLimitPerS = 0): Promise<void> {
  const options = { life: '0000000000000001', rateLimitPerS };
  nodes = [createNodeApp(options), createNodeApp(options)];
  const [hot, plain] = nodes;
  if (hot === undefined || plain === undefined) throw new Error('there are two nodes');
  await Promise.all(nodes.map(({ node }) => node.start()));
  served = await serveHotAndPlain(hot.app, plain.app);
}

afterEach(stop);

async function stop(): Promise<void> {
  vi.useRealTimers();
  served.close();
  await Promise.all(nodes.map(({ node }) => node.stop()));
}

const send = (sent: Sent) => served.send(sent);

const put = (body: unknown): Sent => ({ path: '/put', body: JSON.stringify(body) });
const get = (query: string): Sent => ({ path: `/get?${query}` });

const message = (counter: number, value: unknown = 1) => ({
  sender: 'node2',
  key: 'peer',
  value,
  vc: { node2: counter },
});
const replicate = (body: unknown): Sent => ({ path: '/replicate', body: JSON.stringify(body) });

const requests: Sent[] = [
  replicate(message(1)),
  replicate([message(1), message(2), message(4)]),
  replicate([message(3)]),
  replicate([]),
  replicate({ ...message(5), sender: 'elsewhere' }),
  replicate({ ...message(5), vc: { node2: 5, node1: 99 } }),
  replicate([message(5), message(0)]),
  put({ key: 'x', value: 1 }),
  put({ key: 'x', value: { a: ['ü', null, 1e20] } }),
  put({ key: 'x', value: 2, vc: { node1: 1 } }),
  put({ key: 'x', value: 2, vc: { node1: 99 } }),
  put({ key: 'x', value: 2, vc: { elsewhere: 1 } }),
  put({ key: 'x', value: 2, vc: [] }),
  put({ key: 'x', value: 2, acks: 4 }),
  put({ key: 'x', value: 2, acks: 1 }),
  put({ key: 'x', value: 2, ack: 2 }),
  put({ key: 'x', value: 2, remark: 'ignored' }),
  put({ key: 'x', value: null }),
  put({ key: 'x' }),
  put({ key: '', value: 1 }),
  put({ key: '__proto__', value: 1 }),
  put({ key: 'k'.repeat(1_025), value: 1 }),
  put([]),
  put(null),
  { path: '/put', body: '{"key":"x","value":1' },
  { path: '/put', body: '{"key":"x","value":1,"value":2}' },
  { path: '/put', body: '{"key":"x","value":12345678901234567890}' },
  { path: '/put', body: '{"key":"x","value":1e400}' },
  { path: '/put', body: `{"key":"x","value":${'['.repeat(200)}${']'.repeat(200)}}` },
  { path: '/put', body: '\u{feff}{"key":"bom","value":1}' },
  { path: '/put?wait_ms=1', body: '{"key":"x","value":3}' },
  { path: '/put?', body: '{"key":"x","value":4}' },
  get('key=x'),
  get('key=bom'),
  get('key=absent'),
  get('key=__proto__'),
  get('key='),
  get(''),
  get('key=x&key=y'),
  get('key=x&vc={"node1":99}'),
  get('key=a%20b'),
  get('key=%FF'),
  get('kye=x'),
  { path: '/get' },
  { path: '/GET?key=x' },
];

describe('the hot routes', () => {
  it('respond as the app does', async () => {
    // The first of each kind is the app's in any case.
    await send(put({ key: 'first', value: 1 }));
    await send(get('key=first'));
    await send(replicate(message(1)));
    for (const request of requests) {
      const [hot, plain] = await send(request);
      expect(hot, JSON.stringify(request).slice(0, 100)).toEqual(plain);
    }
    const [hot, plain] = await Promise.all(nodes.map(({ storage }) => [...storage.scan()]));
    expect(hot).toEqual(plain);
    expect(served.hotResponses()).toBeGreaterThanOrEqual(10);
  });

  it('count clients on the rate limit of the app, and never a peer', async () => {
    await stop();
    await start(8);
    vi.useFakeTimers({ toFake: ['Date'] });
    const mixed = [put({ key: 'x', value: 1 }), get('key=x'), get('key=a%20b')];
    const statuses: (number | undefined)[] = [];
    for (const sent of [...mixed, ...mixed, ...mixed, ...mixed]) {
      const [hot, plain] = await send(sent);
      expect(hot, JSON.stringify(sent)).toEqual(plain);
      statuses.push(hot.status);
    }
    expect(statuses.slice(6)).toEqual([200, 200, 429, 429, 429, 429]);
    for (let count = 1; count <= 12; count++)
      expect((await send(replicate(message(count)))).map(({ status }) => status)).toEqual([202, 202]);
    expect(served.hotResponses()).toBe(4 + 11);
  });

  it('say what became of a write whose node has stopped meanwhile', async () => {
    await send(put({ key: 'first', value: 1 }));
    const responses = send(put({ key: 'x', value: 1, acks: 3 }));
    await vi.waitFor(() => {
      for (const { storage } of nodes) expect(storage.clock).toEqual({ node1: 2 });
    });
    await Promise.all(nodes.map(({ node }) => node.stop()));
    await Promise.all(nodes.map(({ clock }) => clock.advance(2_000)));
    const [hot, plain] = await responses;
    expect(plain).toMatchObject({ status: 503, body: expect.stringContaining('"code":"too_few_copies"') });
    expect(hot).toEqual(plain);
  });

  it('leave requests to the app once the node has stopped', async () => {
    await send(get('key=first'));
    await Promise.all(nodes.map(({ node }) => node.stop()));
    const [hot, plain] = await send(get('key=first'));
    expect(hot).toEqual(plain);
  });
});
