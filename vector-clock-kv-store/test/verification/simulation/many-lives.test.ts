import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/causality/vector-clock.ts';
import type { Write } from '../../../src/causality/write.ts';
import { MAX_CLOCK_ENTRIES, MAX_LIVE_IDS } from '../../../src/limits.ts';
import { SimulatedNodes } from '../../support/simulated-nodes.ts';

const NAMES = ['node1', 'node2', 'node3'];

/** The first writes of lives of node2 that no longer exist, or never did. */
function firstWrites(count: number, from = 0): Write[] {
  return Array.from({ length: count }, (_, index) => {
    const sender = `node2~${from + index}`;
    return { sender, key: 'x', value: index, vc: { [sender]: 1 } };
  });
}

/** Sends writes to a node until it has taken all; returns the longest clock that any node reported meanwhile. */
async function sendAll(nodes: SimulatedNodes, name: string, writes: readonly Write[]): Promise<number> {
  let longest = 0;
  for (let waiting = writes; waiting.length > 0; ) {
    const statuses = await nodes.settle(nodes.node(name).store?.receive(waiting));
    waiting = waiting.filter((_, index) => statuses?.[index] === 'no-room');
    await nodes.time.advanceAsync(2_000);
    const { clock, heardOf, pruned } = nodes.node(name).heartbeat();
    longest = Math.max(longest, ...[clock, heardOf, pruned].map((reported) => Object.keys(reported).length));
  }
  return longest;
}

const agree = (nodes: SimulatedNodes) => {
  const [first, ...others] = NAMES.map((name) => nodes.node(name).clock);
  return others.every((clock) => compare(first ?? {}, clock) === 'equal');
};

describe('1,001 lives under one name', () => {
  it('leave every clock short and replication alive', async () => {
    const nodes = new SimulatedNodes(NAMES);
    await nodes.start(...NAMES);
    expect(await sendAll(nodes, 'node1', firstWrites(1_001))).toBeLessThanOrEqual(
      MAX_LIVE_IDS + NAMES.length,
    );
    await nodes.put('node3', 'alive', true);
    await nodes.until(() => agree(nodes));
    expect(await nodes.values('node1', 'alive')).toEqual([true]);
    await nodes.until(() => NAMES.every((name) => nodes.node(name).retired.size >= 1_001));
    for (const name of NAMES) {
      expect(Object.keys(nodes.node(name).liveClock).length).toBeLessThanOrEqual(NAMES.length);
      expect(Object.keys(nodes.node(name).clock).length).toBeGreaterThan(1_000);
    }
    expect(nodes.failures).toEqual([]);
  });

  it('are exchanged and retired after nodes that were cut off each took other ones', async () => {
    const nodes = new SimulatedNodes(NAMES);
    await nodes.start(...NAMES);
    for (const [one, other] of [
      ['node1', 'node2'],
      ['node2', 'node3'],
      ['node3', 'node1'],
    ] as const)
      nodes.cut(one, other);
    for (const [index, name] of NAMES.entries()) {
      const statuses = await nodes.settle(nodes.node(name).store?.receive(firstWrites(400, index * 1_000)));
      expect(statuses?.filter((status) => status === 'applied').length).toBeGreaterThan(200);
      expect(statuses?.filter((status) => status === 'no-room').length).toBeGreaterThan(100);
    }
    for (const [one, other] of [
      ['node1', 'node2'],
      ['node2', 'node3'],
      ['node3', 'node1'],
    ] as const)
      nodes.reconnect(one, other);
    await nodes.until(() => agree(nodes));
    const clock = nodes.node('node1').clock;
    expect(Object.keys(clock).length).toBeLessThanOrEqual(MAX_CLOCK_ENTRIES);
    await nodes.until(() => NAMES.every((name) => Object.keys(nodes.node(name).liveClock).length <= 3));
    await nodes.put('node2', 'alive', true);
    await nodes.until(() => agree(nodes));
    expect(await nodes.values('node3', 'alive')).toEqual([true]);
  });
});
