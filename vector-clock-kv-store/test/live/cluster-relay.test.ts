import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { ClusterRelay } from '../../src/live/cluster-relay.ts';
import type { NodeView } from '../../src/live/node-view.ts';
import type { SeenEvents } from '../../src/live/view-node.ts';
import { EventTrace } from '../../src/trace/event-trace.ts';

const write = (counter: number) => ({ node: 'a', counter, key: 'x', value: String(counter) });

function setUp() {
  const clock = new VirtualClock();
  const traces = new Map(['node1', 'node2'].map((name) => [name, traceOf(`${name}~1`)]));
  const looks: string[] = [];
  let isNode2Up = true;
  const view = (name: string, { host, since }: SeenEvents): NodeView => {
    looks.push(name);
    const trace = traces.get(name);
    return {
      node: name,
      clock_id: name,
      status: 'ok',
      clock: {},
      members: [],
      keys: [],
      more_keys: false,
      buffered: [],
      buffer_size: 0,
      trace: trace?.since(trace.host === host ? since : 0, 300),
    };
  };
  const relay = new ClusterRelay({
    self: 'node1',
    peers: () => [{ id: 'node2', url: 'http://node2:5000' }],
    viewSelf: async (seen) => view('node1', seen),
    viewPeer: async ({ id }, seen) => {
      if (!isNode2Up) throw new Error('does not respond');
      return view(id, seen);
    },
    scheduler: clock,
  });
  const received: { event: string; data: unknown }[] = [];
  return {
    clock,
    traces,
    looks,
    relay,
    received,
    open: () => relay.subscribe((event, data) => received.push({ event, data: JSON.parse(data) })),
    stop: () => {
      isNode2Up = false;
    },
    events: () =>
      received.flatMap(({ event, data }) => (event === 'events' && Array.isArray(data) ? data : [])),
  };
}

function traceOf(host: string): EventTrace {
  return new EventTrace({ host, capacity: 100, now: () => 0 });
}

describe('ClusterRelay', () => {
  it('looks at no node while no page is open', async () => {
    const { clock, looks, open } = setUp();
    await clock.advanceAsync(10_000);
    expect(looks).toEqual([]);
    const close = open();
    await clock.advanceAsync(1_000);
    close();
    await clock.advanceAsync(1_000);
    const seen = looks.length;
    await clock.advanceAsync(10_000);
    expect(looks).toHaveLength(seen);
  });

  it('sends each event once, of all nodes', async () => {
    const { clock, traces, open, events } = setUp();
    open();
    await clock.advanceAsync(1_000);
    traces.get('node2')?.record({ kind: 'write', write: write(1) });
    await clock.advanceAsync(1_000);
    expect(events().map(({ host, kind }) => [host, kind])).toEqual([
      ['node1~1', 'start'],
      ['node2~1', 'start'],
      ['node2~1', 'write'],
    ]);
  });

  it('shows the events of a process that has replaced another', async () => {
    const { clock, traces, open, events } = setUp();
    open();
    await clock.advanceAsync(1_000);
    traces.set('node2', traceOf('node2~2'));
    await clock.advanceAsync(1_000);
    expect(events().map(({ host }) => host)).toEqual(['node1~1', 'node2~1', 'node2~2']);
  });

  it('replays what it kept to a page that opens later', async () => {
    const { clock, open, relay } = setUp();
    open();
    await clock.advanceAsync(1_000);
    const replayed: string[] = [];
    relay.replay((event) => replayed.push(event));
    expect(replayed).toEqual(['cluster', 'events', 'events']);
  });

  it('says why a node is not shown, and keeps what it showed last', async () => {
    const { clock, open, received, stop } = setUp();
    open();
    await clock.advanceAsync(1_000);
    stop();
    await clock.advanceAsync(3_000);
    const last = received.filter(({ event }) => event === 'cluster').at(-1)?.data;
    expect(last).toMatchObject({
      self: 'node1',
      nodes: [{ name: 'node1' }, { name: 'node2', problem: 'does not respond', view: { node: 'node2' } }],
    });
  });
});
