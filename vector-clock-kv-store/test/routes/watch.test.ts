import type { Server } from 'node:http';
import { connect } from 'node:net';
import { listen } from '@gridclock/service-kit';
import pWaitFor from 'p-wait-for';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
let server: Server;
let url: string;
let open: AbortController;

beforeEach(async () => {
  server = await listen(served.app, 0, '127.0.0.1');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  open = new AbortController();
});

afterEach(() => {
  open.abort();
  server.closeAllConnections();
  server.close();
});

const put = async (key: string, value: number) => {
  await served.node.store?.put(key, value);
};

type Event = { id: string; event: string; data: unknown };

/** Reads `count` events of a stream. */
async function read(path: string, count: number, headers: Record<string, string> = {}): Promise<Event[]> {
  const response = await fetch(`${url}${path}`, { headers, signal: open.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: Event[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.event !== undefined)
        events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
    }
    if (events.length >= count) break;
  }
  return events;
}

describe('GET /watch', () => {
  it('streams the writes under a prefix as they become visible', async () => {
    await put('cars/0', 0);
    const reading = read('/watch?prefix=cars/&vc={}', 3);
    await put('cars/1', 1);
    await put('boats/1', 2);
    await put('cars/2', 3);
    expect((await reading).map(({ data }) => data)).toEqual([
      { key: 'cars/0', value: 0, sender: 'node1', vc: { node1: 1 } },
      { key: 'cars/1', value: 1, sender: 'node1', vc: { node1: 2 } },
      { key: 'cars/2', value: 3, sender: 'node1', vc: { node1: 4 } },
    ]);
  });

  it('answers other requests while it looks for a rare prefix in a long log', async () => {
    const writes = Array.from({ length: 20_000 }, (_, index) => ({
      sender: 'node2',
      key: `k${index}`,
      value: index,
      vc: { node2: index + 1 },
    }));
    await served.storage.commit(writes);
    await served.storage.commit([
      { sender: 'node3', key: 'rare', value: 1, vc: { node3: 1, node2: 20_000 } },
    ]);
    let turns = 0;
    let watching = true;
    const everyTurn = () => {
      turns++;
      if (watching) setImmediate(everyTurn);
    };
    const events = read('/watch?prefix=rare&vc={}', 1);
    everyTurn();
    expect(await events).toMatchObject([{ data: { key: 'rare' } }]);
    watching = false;
    // A few hundred writes per turn.
    expect(turns).toBeGreaterThan(40);
  });

  it('resumes after the last event that the client received', async () => {
    for (let n = 1; n <= 5; n++) await put('x', n);
    const [first, second] = await read('/watch?vc={}', 2);
    expect(first?.data).toMatchObject({ value: 1 });
    const rest = await read('/watch', 3, { 'last-event-id': second?.id ?? '' });
    expect(rest.map(({ data }) => data)).toMatchObject([{ value: 3 }, { value: 4 }, { value: 5 }]);
  });

  it('sends a backlog larger than all buffers to a client that reads it', async () => {
    for (let n = 1; n <= 10; n++) await served.node.store?.put('x', `${n}`.padEnd(1_000_000));
    const events = await read('/watch?vc={}', 10);
    expect(events.map(({ data }) => data)).toMatchObject(
      Array.from({ length: 10 }, (_, index) => ({ vc: { node1: index + 1 } })),
    );
  });

  it('survives writes after it ended a stream that nobody reads', async () => {
    await put('x', 1);
    await put('x', 2);
    await served.storage.prune({ node1: 1 });
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    // The second response waits behind the first, which never completes.
    client.write('GET /watch HTTP/1.1\r\nHost: x\r\n\r\nGET /watch?vc={} HTTP/1.1\r\nHost: x\r\n\r\n');
    const subscribed = vi.spyOn(served.node, 'subscribe');
    await pWaitFor(() => subscribed.mock.calls.length === 2, { timeout: 10_000 });
    await put('x', 3);
    await put('x', 4);
    expect(await read('/watch?vc={"node1":1}', 3)).toHaveLength(3);
    client.destroy();
  });

  it('ends with a reset that makes an EventSource start over', async () => {
    await put('x', 1);
    await put('x', 2);
    await served.storage.prune({ node1: 1 });
    const response = await fetch(`${url}/watch?vc={}`, { signal: open.signal });
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const text = await response.text();
    expect(text).toMatch(/^id\nevent: reset\n/m);
    const again = await fetch(`${url}/watch`, { headers: { 'last-event-id': '' }, signal: open.signal });
    expect(again.status).toBe(200);
  });

  it('ends at once with a reset when the node is refilled', async () => {
    await put('x', 1);
    const subscribed = vi.spyOn(served.node, 'subscribe');
    const reading = read('/watch?vc={}', 2);
    await pWaitFor(() => subscribed.mock.calls.length > 0, { timeout: 10_000 });
    served.hear('node2', { clock: { node2: 1 }, pruned: { node2: 1 } });
    await served.advance(2_000);
    expect((await reading)[1]).toMatchObject({ event: 'reset', data: { status: 'catching-up' } });
  });

  it('ends at once with the reason when the node is removed', async () => {
    await put('x', 1);
    const subscribed = vi.spyOn(served.node, 'subscribe');
    const reading = read('/watch?vc={}', 2);
    await pWaitFor(() => subscribed.mock.calls.length > 0, { timeout: 10_000 });
    served.hear('node2', { removed: ['node1'] });
    await served.advance(2_000);
    expect((await reading)[1]).toMatchObject({ event: 'unavailable', data: { status: 'removed' } });
  });

  it('pings an idle client with comments', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    try {
      const response = await fetch(`${url}/watch`, { signal: open.signal });
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes(': still here\n\n')) break;
        vi.advanceTimersByTime(15_000);
      }
      expect(text).toBe(': watching\n\n: still here\n\n');
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits for a position that the node has not reached, then responds 503 as a read does', async () => {
    const path = '/watch?vc={"node2":2}';
    const early = read(path, 1);
    await served.replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    await served.replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    await served.replicate({ sender: 'node2', key: 'x', value: 3, vc: { node2: 3 } });
    expect((await early)[0]?.data).toMatchObject({ value: 3 });
    const ahead = await served.passTime(
      request(served.app).get('/watch').set('Last-Event-ID', '{"node2":9}'),
    );
    expect(ahead.status).toBe(503);
    expect(ahead.body).toMatchObject({ missing: { node2: 9 } });
  });

  it('responds to HEAD with headers only', async () => {
    const response = await fetch(`${url}/watch`, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe('');
  });

  it.each([
    ['/watch?vc=nonsense', {}, 'vc'],
    ['/watch?vc={"node2":-1}', {}, 'vc.node2'],
    ['/watch?prefix=a&prefix=b', {}, 'prefix'],
    ['/watch', { 'last-event-id': 'nonsense' }, 'last-event-id'],
    ['/watch', { 'last-event-id': '{"node1":99}' }, 'vc.node1'],
    ['/watch', { 'last-event-id': '{"node9":1}' }, 'vc.node9'],
  ])('rejects %s with %j, naming %s', async (path, headers, field) => {
    const response = await fetch(`${url}${path}`, { headers: headers as Record<string, string> });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field });
  });
});
