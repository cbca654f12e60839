import { describe, expect, it } from 'vitest';
import { compare } from '../../src/causality/vector-clock.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];

/** Lets time pass until all nodes serve with equal clocks. */
async function agree(nodes: SimulatedNodes): Promise<void> {
  await nodes.until(() => nodes.statuses().every((status) => status === 'ok'));
  await nodes.until(() =>
    names.every((name) => compare(nodes.node(name).clock, nodes.node('node1').clock) === 'equal'),
  );
}

/** The values of a key on every node. */
const everywhere = (nodes: SimulatedNodes, key: string) =>
  Promise.all(names.map((name) => nodes.values(name, key)));

describe('a node whose disk is replaced by an earlier copy', () => {
  it('uses no number twice, and agrees with the others', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    for (let n = 1; n <= 5; n++) await nodes.put('node1', `before${n}`, n);
    const backup = nodes.simulated('node1').backUp();
    for (let n = 1; n <= 5; n++) await nodes.put('node1', `after${n}`, n);
    await agree(nodes);
    nodes.simulated('node1').restore(backup);
    await nodes.start('node1');
    expect(nodes.node('node1').id).toMatch(/^node1~/);
    for (let n = 1; n <= 8; n++) await nodes.put('node1', `later${n}`, n);
    await agree(nodes);
    for (const key of ['before5', 'after5']) expect(await everywhere(nodes, key)).toEqual([[5], [5], [5]]);
    for (let n = 1; n <= 8; n++) expect(await everywhere(nodes, `later${n}`)).toEqual([[n], [n], [n]]);
    expect(nodes.failures).toEqual([]);
  });

  it('keeps its id if the copy is complete', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 1);
    await agree(nodes);
    nodes.simulated('node1').restore(nodes.simulated('node1').backUp());
    await nodes.start('node1');
    expect(nodes.node('node1').id).toBe('node1');
  });
});

describe('a node that lost its disk before anyone heard of its first write', () => {
  it('does not take its plain name again', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    for (const peer of ['node2', 'node3']) nodes.simulated('node1').link(peer)?.inject({ action: 'hold' });
    await nodes.put('node1', 'x', 'still in the network');
    nodes.simulated('node1').wipe();
    await nodes.start('node1');
    expect(nodes.node('node1').id).toMatch(/^node1~/);
    await nodes.put('node1', 'x', 'new');
    await agree(nodes);
    expect(await everywhere(nodes, 'x')).toEqual([['new'], ['new'], ['new']]);
  });
});

describe('two processes under one name', () => {
  it.each(['an empty disk', 'a copied disk'])(
    'serve only as the first one, if the second has %s',
    async (disk) => {
      const nodes = new SimulatedNodes(names);
      await nodes.start(...names);
      await nodes.put('node1', 'x', 1);
      await agree(nodes);
      const twin = nodes.twin('node1');
      if (disk === 'a copied disk') twin.restore(nodes.simulated('node1').backUp());
      twin.start();
      await nodes.until(() => twin.node?.status === 'conflict');
      expect(twin.node?.identities.conflicts.current).toMatchObject([{ kind: 'name', subject: 'node1' }]);
      await nodes.put('node1', 'x', 2);
      await agree(nodes);
      expect(await everywhere(nodes, 'x')).toEqual([[2], [2], [2]]);
      // Once the first is gone, the second takes over.
      nodes.simulated('node1').crash();
      await nodes.until(() => twin.node?.status === 'ok');
      expect(twin.node?.id).toMatch(/^node1~/);
    },
  );

  it('lose no write when the first was cut off and the second has taken over', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 'shared');
    await agree(nodes);
    const backup = nodes.simulated('node1').backUp();
    for (const peer of ['node2', 'node3']) nodes.cut('node1', peer);
    const twin = nodes.twin('node1');
    twin.restore(backup);
    twin.start();
    await nodes.until(() => twin.node?.status === 'ok');
    await nodes.settle(twin.node?.store?.put('y', 'of the second'));
    await nodes.put('node1', 'y', 'of the first');
    await nodes.put('node1', 'z', 'of the first');
    twin.crash();
    for (const peer of ['node2', 'node3']) nodes.reconnect('node1', peer);
    await nodes.until(() => nodes.node('node1').identities.conflicts.resolved !== undefined);
    await agree(nodes);
    expect(await everywhere(nodes, 'z')).toEqual(names.map(() => ['of the first']));
    for (const values of await everywhere(nodes, 'y')) {
      expect([...values].sort()).toEqual(['of the first', 'of the second']);
    }
    expect(await everywhere(nodes, 'x')).toEqual(names.map(() => ['shared']));
    expect(nodes.failures).toEqual([]);
  });
});

describe('a node that returns at another address', () => {
  it('is found there by the others', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    nodes.simulated('node1').move('node1.moved');
    await nodes.start('node1');
    expect(nodes.node('node1').id).toBe('node1');
    await nodes.put('node2', 'x', 1);
    await agree(nodes);
    expect(await nodes.values('node1', 'x')).toEqual([1]);
    for (const name of ['node2', 'node3']) {
      expect(nodes.node(name).directory.peers).toContainEqual({ id: 'node1', url: 'http://node1.moved' });
    }
  });

  it('is found although the members look for it where nobody is', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await agree(nodes);
    await nodes.settle(nodes.node('node2').membership.admit({ id: 'node1', url: 'http://node1.gone' }));
    await nodes.until(() => nodes.node('node2').directory.addressesOf('node1').length === 1);
    await nodes.put('node2', 'x', 1);
    await agree(nodes);
    expect(await nodes.values('node1', 'x')).toEqual([1]);
  });

  it('is found where it is configured, by a node that moves while it looks elsewhere', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    nodes.simulated('node3').crash();
    await nodes.settle(nodes.node('node1').membership.admit({ id: 'node2', url: 'http://node2.gone' }));
    nodes.simulated('node1').move('node1.moved');
    await nodes.start('node1');
    await nodes.until(() => nodes.node('node2').directory.addressesOf('node1').length === 2);
    await nodes.put('node2', 'x', 1);
    nodes.simulated('node3').start();
    await agree(nodes);
    expect(await nodes.values('node1', 'x')).toEqual([1]);
  });

  it('is found by all, although the disk was full where its address was learned first', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    nodes.cut('node1.moved', 'node3');
    nodes.simulated('node2').setDiskFull(true);
    await nodes.settle(
      nodes
        .node('node2')
        .store?.put('x', 1)
        .catch(() => {}),
    );
    nodes.simulated('node1').move('node1.moved');
    nodes.simulated('node1').start();
    await nodes.until(() => nodes.node('node2').directory.addressesOf('node1').length === 2);
    nodes.simulated('node2').setDiskFull(false);
    const recorded = () => nodes.node('node3').directory.peers.find(({ id }) => id === 'node1')?.url;
    await nodes.until(() => recorded() === 'http://node1.moved');
  });

  it('is found again where it is configured, although it says nothing of itself', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    nodes.simulated('node1').move('node1.moved');
    await nodes.start('node1');
    await agree(nodes);
    nodes.simulated('node1').move('node1');
    await nodes.start('node1');
    await nodes.put('node2', 'x', 1);
    await agree(nodes);
    expect(await nodes.values('node1', 'x')).toEqual([1]);
  });
});
