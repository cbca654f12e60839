import { describe, expect, it } from 'vitest';
import { Retirements } from '../../src/causality/retirements.ts';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import { AbandonedIds } from '../../src/retirement/abandoned-ids.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const report = (name: string, clock: VectorClock, id = name) => ({
  name,
  id,
  status: 'ok',
  clock,
  heardOf: clock,
});

/** What node1 knows of a cluster of three. node2 writes under another id now. */
const view = (here: VectorClock, there: VectorClock | undefined) => ({
  self: report('node1', here),
  others: [report('node2', here, 'node2~1'), there && report('node3', there)],
  members: ['node2', 'node3'],
  retired: Retirements.none,
});

describe('AbandonedIds', () => {
  const waiting = new Set(['node2', 'node2~1', 'node3', 'node3~0']);
  const have = { node2: 4 };

  it('names an id once nobody has used it or had more of it for a while', () => {
    const abandoned = new AbandonedIds(1_000);
    expect([...abandoned.among(waiting, view(have, have), 0)]).toEqual([]);
    expect([...abandoned.among(waiting, view(have, have), 900)]).toEqual([]);
    expect([...abandoned.among(waiting, view(have, have), 1_000)]).toEqual(['node2', 'node3~0']);
  });

  it('waits for what a member has', () => {
    const abandoned = new AbandonedIds(1_000);
    abandoned.among(waiting, view(have, have), 0);
    expect(abandoned.among(waiting, view(have, { node2: 5 }), 500)).not.toContain('node2');
    expect(abandoned.among(waiting, view({ node2: 5 }, { node2: 5 }), 1_000)).not.toContain('node2');
    expect(abandoned.among(waiting, view({ node2: 5 }, { node2: 5 }), 2_000)).toContain('node2');
  });

  it('leaves alone the ids of a member that does not report: it may send each write only once', () => {
    const abandoned = new AbandonedIds(1_000);
    abandoned.among(waiting, view(have, undefined), 0);
    expect([...abandoned.among(waiting, view(have, undefined), 5_000)]).toEqual(['node2']);
  });
});

describe('writes that wait for what was lost with a disk', () => {
  it('leave the buffer and the clocks once their node writes under another id', async () => {
    const names = ['node1', 'node2', 'node3'];
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 0);
    await nodes.until(() => names.every((name) => nodes.node(name).clock.node1 === 1));
    for (const peer of ['node2', 'node3']) nodes.simulated('node1').link(peer)?.inject({ action: 'hold' });
    await nodes.put('node1', 'x', 'lost');
    await nodes.put('node1', 'x', 'sent');
    const [, last] = nodes.node('node1').log.log('node1', 1, { writes: 10, bytes: 1e6 });
    await nodes.settle(nodes.node('node2').store?.receive(last === undefined ? [] : [last]));
    nodes.simulated('node1').wipe();
    await nodes.start('node1');
    expect(nodes.node('node2').store?.bufferDepth).toBe(1);
    await nodes.put('node1', 'x', 'new');
    await nodes.until(() => nodes.node('node2').store?.bufferDepth === 0, 120_000);
    expect(nodes.node('node2').store?.bufferBytes).toBe(0);
    await nodes.until(() => names.every((name) => nodes.node(name).retired.size === 1), 120_000);
    expect(await nodes.values('node3', 'x')).toEqual(['new']);
  });
});
