import type { Server } from 'node:http';
import { listen } from '@gridclock/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SingleNode, singleNode } from '../single-node.ts';

let single: SingleNode;
let server: Server;
let url: string;
let open: AbortController;

beforeEach(async () => {
  single = singleNode();
  await single.node.start();
  server = await listen(single.app, 0, '127.0.0.1');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  open = new AbortController();
});

afterEach(async () => {
  open.abort();
  server.closeAllConnections();
  server.close();
  await single.node.stop();
});

const put = async (key: string, value: number) => {
  await single.node.store?.put(key, value);
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
  it('tells of the writes under a prefix as they become visible', async () => {
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

  it('goes on after the last event that the client has seen', async () => {
    for (let n = 1; n <= 5; n++) await put('x', n);
    const [first, second] = await read('/watch?vc={}', 2);
    expect(first?.data).toMatchObject({ value: 1 });
    const rest = await read('/watch', 3, { 'last-event-id': second?.id ?? '' });
    expect(rest.map(({ data }) => data)).toMatchObject([{ value: 3 }, { value: 4 }, { value: 5 }]);
  });

  it.each([
    ['/watch?vc=nonsense', {}, 'vc'],
    ['/watch?vc={"node2":-1}', {}, 'vc.node2'],
    ['/watch?prefix=a&prefix=b', {}, 'prefix'],
    ['/watch', { 'last-event-id': 'nonsense' }, 'last-event-id'],
  ])('refuses %s with %j, naming %s', async (path, headers, field) => {
    const response = await fetch(`${url}${path}`, { headers: headers as Record<string, string> });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field });
  });
});
