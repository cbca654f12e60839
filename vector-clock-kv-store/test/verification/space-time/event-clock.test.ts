import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayNames, renameHosts, renumberAfter } from '../../../src/space-time/recording.ts';
import { findInexactness } from '../../../src/verification/space-time/exactness.ts';
import { formatShivizLog, InexactRecordingError } from '../../../src/verification/space-time/shiviz.ts';
import { TraceCollector } from '../../../src/verification/space-time/trace-collector.ts';
import { readShivizLog } from '../../support/shiviz-log.ts';
import { TracedCluster } from '../../support/traced-cluster.ts';

const names = ['a', 'b', 'c'];

type Step = {
  action: 'write' | 'send' | 'arrive' | 'fault' | 'release';
  from: number;
  link: number;
  pick: number;
};

const runs = fc.array(
  fc.record<Step>({
    action: fc.constantFrom('write', 'send', 'send', 'arrive', 'arrive', 'fault', 'release'),
    from: fc.nat(2),
    link: fc.nat(1),
    pick: fc.nat(100),
  }),
  { maxLength: 80 },
);

async function play(cluster: TracedCluster, steps: readonly Step[]): Promise<void> {
  for (const { action, from: index, link, pick } of steps) {
    const from = names[index] ?? 'a';
    const to = names.filter((name) => name !== from)[link] ?? 'b';
    if (action === 'write') cluster.write(from, `k${pick % 3}`, `v${pick}`);
    else if (action === 'send') await cluster.send(from, to, pick);
    else if (action === 'arrive') cluster.arrive(pick);
    else if (action === 'release') cluster.release(from, to);
    else {
      const actions = ['drop', 'hold', 'duplicate', 'reorder'] as const;
      cluster.fault(from, to, { action: actions[pick % actions.length] ?? 'drop', count: 1 + (pick % 3) });
    }
  }
}

/** @param limit the page size of each node's trace */
function startCollector(cluster: TracedCluster, limit = 7): Promise<TraceCollector> {
  return TraceCollector.start(names.map((name) => async (after) => cluster.trace(name).since(after, limit)));
}

describe('EventTrace', () => {
  it('orders the receipt of a message after its sending', async () => {
    const cluster = new TracedCluster(['a', 'b']);
    cluster.write('a', 'x', '1');
    await cluster.send('a', 'b', 0);
    cluster.arrive();
    expect(cluster.trace('b').since(0, 10).events).toMatchObject([
      { kind: 'start', clock: { 'b~2': 1 } },
      { kind: 'receive', clock: { 'b~2': 2, 'a~1': 3 }, from: { node: 'a~1', counter: 3 } },
      { kind: 'deliver', clock: { 'b~2': 3, 'a~1': 3 }, write: { key: 'x', value: '"1"' } },
    ]);
  });

  it('records a dropped message as a fault, not as sent', async () => {
    const cluster = new TracedCluster(['a', 'b']);
    cluster.write('a', 'x', '1');
    cluster.fault('a', 'b', { action: 'drop', count: 1 });
    await cluster.send('a', 'b', 0);
    const kinds = cluster
      .trace('a')
      .since(0, 10)
      .events.map(({ kind }) => kind);
    expect(kinds).toEqual(['start', 'write', 'fault', 'fault', 'fault']);
  });

  it('ignores a trace context that is forged or malformed', () => {
    const cluster = new TracedCluster(['a', 'b']);
    const before = cluster.trace('a').clock;
    for (const context of ['{"host":"b","clock":{"b":1,"a~1":99}}', '{"host":"b","clock":{}}', 'nonsense']) {
      cluster.forge('a', context);
    }
    expect(cluster.trace('a').clock).toEqual({ 'a~1': (before['a~1'] ?? 0) + 3 });
  });

  it('gives an exact log of any run, recorded from any point', async () => {
    await fc.assert(
      fc.asyncProperty(runs, runs, async (before, during) => {
        const cluster = new TracedCluster(names);
        await play(cluster, before);
        const collector = await startCollector(cluster);
        await play(cluster, during);
        const cut = await collector.collect();
        const recording = renumberAfter(collector.startCut, collector.recording(collector.startCut, cut));
        expect(recording.gaps).toEqual([]);
        const log = readShivizLog(formatShivizLog(renameHosts(recording, displayNames(recording))));
        expect(findInexactness(log)).toBeUndefined();
        expect(log).toHaveLength(recording.events.length);
        const last = names.map((name) => cluster.trace(name).since(0, 1).last);
        const first = Object.values(collector.startCut).reduce((sum, count) => sum + count, 0);
        expect(log).toHaveLength(last.reduce((sum, count) => sum + count, 0) - first);
      }),
    );
  });
});

describe('TraceCollector', () => {
  it('records a restarted node as a new host', async () => {
    const cluster = new TracedCluster(names);
    const collector = await startCollector(cluster);
    cluster.write('a', 'x', '1');
    await collector.collect();
    cluster.restart('a');
    cluster.write('a', 'y', '2');
    const cut = await collector.collect();
    const recording = renumberAfter(collector.startCut, collector.recording(collector.startCut, cut));
    const log = readShivizLog(formatShivizLog(renameHosts(recording, displayNames(recording))));
    expect(log).toEqual([
      { host: 'a', clock: { a: 1 }, event: 'write x="1"' },
      { host: 'a#2', clock: { 'a#2': 1 }, event: 'start' },
      { host: 'a#2', clock: { 'a#2': 2 }, event: 'write y="2"' },
    ]);
  });

  it('fetches a cause that its node recorded after the first read', async () => {
    const cluster = new TracedCluster(['a', 'b']);
    let reads = 0;
    const collector = await TraceCollector.start([
      async (after) => {
        const page = cluster.trace('a').since(after, 100);
        // Between the reads of a and b, b receives a message from a.
        if (++reads === 3) {
          cluster.write('a', 'x', '1');
          await cluster.send('a', 'b', 0);
          cluster.arrive();
        }
        return page;
      },
      async (after) => {
        await new Promise((resolve) => setImmediate(resolve));
        return cluster.trace('b').since(after, 100);
      },
    ]);
    const cut = await collector.collect();
    const { events, gaps } = collector.recording(collector.startCut, cut);
    expect(gaps).toEqual([]);
    expect(events.map(({ host, kind }) => `${host} ${kind}`)).toEqual(
      expect.arrayContaining(['a~1 send', 'b~2 deliver']),
    );
  });

  it.each([
    ['the process was killed', (cluster: TracedCluster) => cluster.restart('a')],
    [
      'the ring overwrote them',
      (cluster: TracedCluster) => {
        for (let n = 0; n < 50; n++) cluster.write('a', 'y', String(n));
      },
    ],
  ])('reports a gap and refuses a ShiViz log when events are lost because %s', async (_reason, lose) => {
    const cluster = new TracedCluster(names, 40);
    const collector = await startCollector(cluster);
    cluster.write('a', 'x', '1');
    await cluster.send('a', 'b', 0);
    cluster.arrive();
    lose(cluster);
    const recording = collector.recording(collector.startCut, await collector.collect());
    expect(recording.gaps).toMatchObject([{ host: 'a~1', from: 2 }]);
    expect(() => formatShivizLog(renumberAfter(collector.startCut, recording))).toThrow(
      InexactRecordingError,
    );
    expect(() => formatShivizLog({ ...recording, gaps: [] })).toThrow(InexactRecordingError);
  });
});
