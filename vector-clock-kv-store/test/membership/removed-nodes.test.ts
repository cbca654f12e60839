import { describe, expect, it } from 'vitest';
import { compare } from '../../src/causality/vector-clock.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];
const url = (id: string) => ({ id, url: `http://${id}` });

/** Lets time pass until all nodes serve with equal clocks. */
async function agree(nodes: SimulatedNodes): Promise<void> {
  await nodes.until(() => nodes.statuses().every((status) => status === 'ok'));
  await nodes.until(() =>
    names.every((name) => compare(nodes.node(name).clock, nodes.node('node1').clock) === 'equal'),
  );
}

/** Separates node2. Each side removes the other. */
async function split(nodes: SimulatedNodes): Promise<void> {
  for (const other of ['node1', 'node3']) {
    nodes.cut('node2', other);
    await nodes.settle(nodes.node('node2').membership.expel(url(other)));
  }
  await nodes.settle(nodes.node('node1').membership.expel(url('node2')));
}

/** Ends the separation. Each side admits the other. */
async function unite(nodes: SimulatedNodes): Promise<void> {
  for (const other of ['node1', 'node3']) nodes.reconnect('node2', other);
  for (const other of ['node1', 'node3']) {
    await nodes.settle(nodes.node('node2').membership.admit(url(other)));
  }
  await nodes.settle(nodes.node('node1').membership.admit(url('node2')));
  await agree(nodes);
}

describe('a copy of a disk from a time when its node had removed all others', () => {
  it('does not confirm itself: the removed nodes know its later writes', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await split(nodes);
    const backup = nodes.simulated('node2').backUp();
    await nodes.put('node2', 'later', 1);
    await unite(nodes);
    nodes.simulated('node2').restore(backup);
    nodes.simulated('node2').start();
    await nodes.until(() => nodes.node('node2').store !== undefined);
    expect(nodes.node('node2').id).toMatch(/^node2~/);
    await nodes.put('node2', 'new', 2);
    await unite(nodes);
    for (const name of names) {
      expect(await nodes.values(name, 'later')).toEqual([1]);
      expect(await nodes.values(name, 'new')).toEqual([2]);
    }
    expect(nodes.failures).toEqual([]);
  });

  it('starts under a new id if it can ask nobody', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await split(nodes);
    const backup = nodes.simulated('node2').backUp();
    await nodes.put('node2', 'later', 1);
    nodes.simulated('node2').restore(backup);
    await nodes.start('node2');
    expect(nodes.node('node2').id).toMatch(/^node2~/);
  });
});

describe('a cluster that has removed a node', () => {
  it('does not need that node to confirm the ids of the others', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node1', 'x', 1);
    nodes.simulated('node3').crash();
    await nodes.settle(nodes.node('node1').membership.expel(url('node3')));
    await nodes.until(() => compare(nodes.node('node1').clock, nodes.node('node2').clock) === 'equal');
    nodes.simulated('node1').crash();
    const startedAt = nodes.time.now();
    await nodes.start('node1');
    expect(nodes.time.now() - startedAt).toBeLessThan(1_500);
    expect(nodes.node('node1').id).toBe('node1');
  });

  it('gets back a node whose numbering another process has taken over meanwhile', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.put('node3', 'x', 'shared');
    await agree(nodes);
    const backup = nodes.simulated('node3').backUp();
    for (const peer of ['node1', 'node2']) nodes.cut('node3', peer);
    const twin = nodes.twin('node3');
    twin.restore(backup);
    twin.start();
    await nodes.until(() => twin.node?.status === 'ok');
    await nodes.settle(twin.node?.store?.put('y', 'of the second'));
    await nodes.put('node3', 'z', 'of the first');
    await nodes.until(() => compare(nodes.node('node1').clock, twin.node?.clock ?? {}) === 'equal');
    twin.crash();
    await nodes.settle(nodes.node('node1').membership.expel(url('node3')));
    for (const peer of ['node1', 'node2']) nodes.reconnect('node3', peer);
    await nodes.until(() => nodes.node('node3').status === 'removed');
    expect(nodes.failures).toEqual([]);
    await nodes.settle(nodes.node('node1').membership.admit(url('node3')));
    await agree(nodes);
    for (const name of names) {
      expect(await nodes.values(name, 'y')).toEqual(['of the second']);
      expect(await nodes.values(name, 'z')).toEqual(['of the first']);
    }
    expect(nodes.failures).toEqual([]);
  });
});
