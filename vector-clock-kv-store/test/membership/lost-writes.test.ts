import { describe, expect, it } from 'vitest';
import { counterOf, type VectorClock } from '../../src/causality/vector-clock.ts';
import { RETIRE_AFTER_MS } from '../../src/retirement/retirer.ts';
import { BehindError } from '../../src/store/session-gate.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];

/** Expects that no node serves a session. */
async function expectRefusal(nodes: SimulatedNodes, context: VectorClock): Promise<void> {
  for (const name of names) {
    const reading = nodes.settle(nodes.node(name).store?.get('x', { context, waitMs: 2_000 }));
    await expect(reading).rejects.toThrow(BehindError);
  }
}

describe('a session that has seen a write which was lost with a disk', () => {
  it('is refused by every node, for good', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node3', 'x', 'kept');
    await nodes.until(() => names.every((name) => counterOf(nodes.node(name).clock, 'node3') === 1));
    for (const peer of ['node1', 'node2']) nodes.simulated('node3').link(peer)?.inject({ action: 'hold' });
    await nodes.put('node3', 'x', 'lost');
    const context = nodes.node('node3').clock;
    nodes.simulated('node3').wipe();
    await nodes.start('node3');
    await expectRefusal(nodes, context);
    await nodes.put('node3', 'x', 'new');
    await nodes.time.advanceAsync(3 * RETIRE_AFTER_MS);
    await expectRefusal(nodes, context);
    expect(await nodes.values('node1', 'x')).toEqual(['new']);
  });
});

describe('a cluster that is restored from a copy of one disk', () => {
  it('uses no number twice, and refuses sessions that have seen later writes', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 'in the copy');
    const backup = nodes.simulated('node1').backUp();
    await nodes.put('node1', 'x', 'lost');
    const context = nodes.node('node1').clock;
    for (const name of names) nodes.simulated(name).wipe();
    nodes.simulated('node1').restore(backup);
    await nodes.start(...names);
    expect(await nodes.values('node2', 'x')).toEqual(['in the copy']);
    await nodes.put('node1', 'y', 'another write');
    expect(counterOf(nodes.node('node1').clock, 'node1')).toBe(1);
    await expectRefusal(nodes, context);
  });
});
