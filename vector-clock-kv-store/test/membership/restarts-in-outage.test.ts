import { describe, expect, it } from 'vitest';
import { MAX_LIVE_IDS } from '../../src/limits.ts';
import { SimulatedNodes, testLimits } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];

describe('a node that restarts 40 times while it reaches no member', () => {
  it.each([
    ['nothing', 0],
    ['after each restart', 1],
  ])('is not mistaken for another life afterwards, if it writes %s', async (_, writes) => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 1);
    await nodes.until(() => names.every((name) => nodes.node(name).clock.node1 === 1));
    for (const peer of ['node2', 'node3']) nodes.cut('node1', peer);
    for (let n = 0; n < 40; n++) {
      nodes.simulated('node1').crash();
      await nodes.start('node1');
      if (writes > 0) await nodes.put('node1', `y${n}`, n);
    }
    const { id } = nodes.node('node1');
    // An id that nothing was written under costs no entry in a clock.
    expect(Object.keys(nodes.node('node1').clock)).toHaveLength(1 + 40 * writes);
    // The node hears of the members first: they have recorded its life before the outage.
    for (const peer of ['node2', 'node3']) nodes.network.restore('node1', peer);
    await nodes.time.advanceAsync(3_000);
    for (const peer of ['node2', 'node3']) nodes.network.restore(peer, 'node1');
    await nodes.until(() =>
      names.every((name) => Object.keys(nodes.node(name).liveClock).length <= 2 + writes),
    );
    const { conflicts } = nodes.node('node1').identities;
    expect({ id: nodes.node('node1').id, resolved: conflicts.resolved, current: conflicts.current }).toEqual({
      id,
      resolved: undefined,
      current: [],
    });
    nodes.simulated('node1').crash();
    await nodes.start('node1');
    expect(nodes.node('node1').id).toBe(id);
    expect(nodes.failures).toEqual([]);
  });
});

describe('a node that restarts 70 times after one member has heard it during the outage', () => {
  it('is not mistaken for another life afterwards', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 1);
    await nodes.until(() => names.every((name) => nodes.node(name).clock.node1 === 1));
    nodes.cut('node1', 'node2');
    nodes.simulated('node1').crash();
    await nodes.start('node1');
    await nodes.put('node1', 'heard', 1);
    await nodes.until(() => nodes.node('node3').clock[nodes.node('node1').id] === 1);
    nodes.cut('node1', 'node3');
    for (let n = 0; n < 70; n++) {
      nodes.simulated('node1').crash();
      await nodes.start('node1');
    }
    const { id } = nodes.node('node1');
    for (const peer of ['node2', 'node3']) nodes.network.restore('node1', peer);
    await nodes.time.advanceAsync(3_000);
    for (const peer of ['node2', 'node3']) nodes.network.restore(peer, 'node1');
    await nodes.time.advanceAsync(10_000);
    const { conflicts } = nodes.node('node1').identities;
    expect({ id: nodes.node('node1').id, resolved: conflicts.resolved, current: conflicts.current }).toEqual({
      id,
      resolved: undefined,
      current: [],
    });
    nodes.simulated('node1').crash();
    nodes.cut('node1', 'node2');
    nodes.cut('node1', 'node3');
    for (let n = 0; n < 70; n++) {
      nodes.simulated('node1').crash();
      await nodes.start('node1');
    }
    nodes.simulated('node1').crash();
    for (const peer of ['node2', 'node3']) nodes.reconnect('node1', peer);
    await nodes.start('node1');
    expect(nodes.node('node1').identities.conflicts.resolved).toBeUndefined();
    expect(nodes.failures).toEqual([]);
  });
});

describe.each([{ members: ['node1'] }, { members: ['node1', 'node2'] }])(
  'a cluster of $members',
  ({ members }) => {
    it('still starts after more restarts of all nodes than clocks have room for ids', async () => {
      const nodes = new SimulatedNodes(members, { limits: { ...testLimits, retireAfterMs: 1e9 } });
      await nodes.start(...members);
      const dead = Array.from({ length: MAX_LIVE_IDS - 8 }, (_, n) => `node9~${n}`);
      const writes = dead.map((sender) => ({ sender, key: 'x', value: 1, vc: { [sender]: 1 } }));
      for (const name of members) await nodes.settle(nodes.node(name).store?.receive(writes));
      for (let n = 0; n < 10; n++) {
        for (const name of members) await nodes.put(name, name, n);
        for (const name of members) nodes.simulated(name).crash();
        await nodes.start(...members);
      }
      const [first = ''] = members;
      await nodes.put(first, 'alive', true);
      for (const name of members) {
        await nodes.until(
          () =>
            nodes.node(name).clock[nodes.node(first).id] === nodes.node(first).clock[nodes.node(first).id],
        );
        expect(await nodes.values(name, 'alive')).toEqual([true]);
      }
      expect(nodes.failures).toEqual([]);
    });
  },
);
