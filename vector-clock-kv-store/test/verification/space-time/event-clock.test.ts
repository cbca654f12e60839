import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../../src/verification/space-time/collect.ts';
import { findInexactness } from '../../../src/verification/space-time/exactness.ts';
import { countFrom, hostNames, renameHosts } from '../../../src/verification/space-time/recording.ts';
import { InexactRecordingError, shivizLog } from '../../../src/verification/space-time/shiviz.ts';
import { readShivizLog } from '../../support/shiviz-log.ts';
import { TracedCluster } from '../../support/traced-cluster.ts';

const names = ['a', 'b', 'c'];

type Step = {
  what: 'write' | 'send' | 'arrive' | 'fault' | 'release';
  from: number;
  way: number;
  pick: number;
};

const runs = fc.array(
  fc.record<Step>({
    what: fc.constantFrom('write', 'send', 'send', 'arrive', 'arrive', 'fault', 'release'),
    from: fc.nat(2),
    way: fc.nat(1),
    pick: fc.nat(100),
  }),
  { maxLength: 80 },
);

async function play(cluster: TracedCluster, steps: readonly Step[]): Promise<void> {
  for (const { what, from: index, way, pick } of steps) {
    const from = names[index] ?? 'a';
    const to = names.filter((name) => name !== from)[way] ?? 'b';
    if (what === 'write') cluster.write(from, `k${pick % 3}`, `v${pick}`);
    else if (what === 'send') await cluster.send(from, to, pick);
    else if (what === 'arrive') cluster.arrive(pick);
    else if (what === 'release') cluster.release(from, to);
    else {
      const actions = ['drop', 'hold', 'duplicate', 'reorder'] as const;
      cluster.fault(from, to, { action: actions[pick % actions.length] ?? 'drop', count: 1 + (pick % 3) });
    }
  }
}

/** Whoever asks gets at most `limit` events at once. */
function collect(cluster: TracedCluster, limit = 7): Promise<Collector> {
  return Collector.begin(names.map((name) => async (after) => cluster.trace(name).since(after, limit)));
}

describe('event clocks', () => {
  it('tell of a message that its receipt came after its sending', async () => {
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

  it('count a message that the gate drops as a fault, never as sent', async () => {
    const cluster = new TracedCluster(['a', 'b']);
    cluster.write('a', 'x', '1');
    cluster.fault('a', 'b', { action: 'drop', count: 1 });
    await cluster.send('a', 'b', 0);
    const kinds = cluster
      .trace('a')
      .since(0, 10)
      .events.map(({ kind }) => kind);
    expect(kinds).toEqual(['start', 'write', 'fault', 'fault']);
  });

  it('ignore a clock that counts events of this host that never were, and one that is no clock', () => {
    const cluster = new TracedCluster(['a', 'b']);
    const before = cluster.trace('a').clock;
    for (const stamp of ['{"host":"b","clock":{"b":1,"a~1":99}}', '{"host":"b","clock":{}}', 'nonsense']) {
      cluster.forge('a', stamp);
    }
    expect(cluster.trace('a').clock).toEqual({ 'a~1': (before['a~1'] ?? 0) + 3 });
  });

  it('make an exact log of any run, from wherever it is recorded', async () => {
    await fc.assert(
      fc.asyncProperty(runs, runs, async (before, during) => {
        const cluster = new TracedCluster(names);
        await play(cluster, before);
        const collector = await collect(cluster);
        await play(cluster, during);
        const cut = await collector.collect();
        const recording = countFrom(collector.start, collector.recording(collector.start, cut));
        expect(recording.gaps).toEqual([]);
        const log = readShivizLog(shivizLog(renameHosts(recording, hostNames(recording))));
        expect(findInexactness(log)).toBeUndefined();
        expect(log).toHaveLength(recording.events.length);
        const last = names.map((name) => cluster.trace(name).since(0, 1).last);
        const first = Object.values(collector.start).reduce((sum, count) => sum + count, 0);
        expect(log).toHaveLength(last.reduce((sum, count) => sum + count, 0) - first);
      }),
    );
  });
});

describe('a recording', () => {
  it('goes on as another host when a node is started again', async () => {
    const cluster = new TracedCluster(names);
    const collector = await collect(cluster);
    cluster.write('a', 'x', '1');
    await collector.collect();
    cluster.restart('a');
    cluster.write('a', 'y', '2');
    const cut = await collector.collect();
    const recording = countFrom(collector.start, collector.recording(collector.start, cut));
    const log = readShivizLog(shivizLog(renameHosts(recording, hostNames(recording))));
    expect(log).toEqual([
      { host: 'a', clock: { a: 1 }, event: 'write x="1"' },
      { host: 'a#2', clock: { 'a#2': 1 }, event: 'start' },
      { host: 'a#2', clock: { 'a#2': 2 }, event: 'write y="2"' },
    ]);
  });

  it('takes in a cause that its node told of too late for the first question', async () => {
    const cluster = new TracedCluster(['a', 'b']);
    let asked = 0;
    const collector = await Collector.begin([
      async (after) => {
        const page = cluster.trace('a').since(after, 100);
        // After a has told the collector of all it had, and before b is asked, b hears from a.
        if (++asked === 3) {
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
    const { events, gaps } = collector.recording(collector.start, cut);
    expect(gaps).toEqual([]);
    expect(events.map(({ host, kind }) => `${host} ${kind}`)).toEqual(
      expect.arrayContaining(['a~1 send', 'b~2 deliver']),
    );
  });

  it.each([
    ['a killed process took them with it', (cluster: TracedCluster) => cluster.restart('a')],
    [
      'others came after them and there is no room',
      (cluster: TracedCluster) => {
        for (let n = 0; n < 50; n++) cluster.write('a', 'y', String(n));
      },
    ],
  ])(
    'shows the gap, and makes no log, when events that others name are lost because %s',
    async (_why, lose) => {
      const cluster = new TracedCluster(names, 40);
      const collector = await collect(cluster);
      cluster.write('a', 'x', '1');
      await cluster.send('a', 'b', 0);
      cluster.arrive();
      lose(cluster);
      const recording = collector.recording(collector.start, await collector.collect());
      expect(recording.gaps).toMatchObject([{ host: 'a~1', from: 2 }]);
      expect(() => shivizLog(countFrom(collector.start, recording))).toThrow(InexactRecordingError);
      expect(() => shivizLog({ ...recording, gaps: [] })).toThrow(InexactRecordingError);
    },
  );
});
