import { describe, expect, it } from 'vitest';
import { compare } from '../../src/causality/vector-clock.ts';
import { SimulatedNodes, testLimits } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];
const node3 = { id: 'node3', url: 'http://node3' };

/** Lets time pass until all nodes serve with equal clocks. */
async function agree(nodes: SimulatedNodes, among: readonly string[] = names): Promise<void> {
  await nodes.until(() =>
    among.every(
      (name) =>
        nodes.simulated(name).node?.status === 'ok' &&
        compare(nodes.node(name).clock, nodes.node('node1').clock) === 'equal',
    ),
  );
}

/** The number of deletions that a node keeps. */
const kept = (nodes: SimulatedNodes, name: string) => nodes.simulated(name).backUp().contents.tombstones;

/**
 * Removes node3 while it is cut off and has writes of its own, and deletes more keys than node1 keeps. Only node1 keeps
 * so few: the others remember the deletions.
 */
async function removeForLong(): Promise<SimulatedNodes> {
  const limits = { ...testLimits, keptTombstones: 2 };
  const nodes = new SimulatedNodes(names, {}, { node1: { limits } });
  await nodes.start(...names);
  for (let n = 1; n <= 6; n++) await nodes.put('node1', `key ${n}`, n);
  await agree(nodes);
  for (const other of ['node1', 'node2']) nodes.cut('node3', other);
  await nodes.put('node3', 'key 1', 'only on node3');
  await nodes.put('node3', 'new', 'only on node3');
  await nodes.settle(nodes.node('node1').membership.expel(node3));
  for (let n = 1; n <= 6; n++) await nodes.settle(nodes.node('node1').store?.put(`key ${n}`, null));
  await nodes.until(() => kept(nodes, 'node1') === 0);
  return nodes;
}

async function admit(nodes: SimulatedNodes): Promise<void> {
  for (const other of ['node1', 'node2']) nodes.reconnect('node3', other);
  await nodes.settle(nodes.node('node2').membership.admit(node3));
}

const everywhere = (nodes: SimulatedNodes, key: string) =>
  Promise.all(names.map((name) => nodes.values(name, key)));

describe('a removed node that returns after its cluster has forgotten deletions', () => {
  it.each(['that runs', 'that restarts'])('replaces its data, as a node %s', async (how) => {
    const nodes = await removeForLong();
    const before = nodes.node('node3').id;
    if (how === 'that restarts') nodes.simulated('node3').crash();
    await admit(nodes);
    nodes.simulated('node3').start();
    await nodes.until(() => nodes.node('node3').id !== before);
    await agree(nodes);
    for (let n = 2; n <= 6; n++) {
      for (const values of await everywhere(nodes, `key ${n}`)) {
        expect(values.filter((value) => value !== null)).toEqual([]);
      }
    }
    // Its own unknown writes are made again, so that they follow the deletions on every node.
    for (const key of ['key 1', 'new']) {
      expect(await everywhere(nodes, key)).toEqual(names.map(() => ['only on node3']));
    }
    expect(nodes.failures).toEqual([]);
  });

  it('is refused by name if it sends its old writes first', async () => {
    const nodes = await removeForLong();
    const { id, log } = nodes.node('node3');
    const writes = log.log(id, 0, { writes: 10, bytes: 1e6 });
    expect(writes).toHaveLength(2);
    nodes.simulated('node3').crash();
    await admit(nodes);
    await nodes.until(() => !nodes.node('node1').directory.isRemoved('node3'));
    expect(nodes.node('node1').identities.objectionTo(writes, 'node3')).toMatch(
      /node3 sent writes that are older than deletions forgotten since its removal/,
    );
  });

  it('keeps its data and its id if it has all of these deletions', async () => {
    const limits = { ...testLimits, keptTombstones: 2 };
    const nodes = new SimulatedNodes(names, { limits });
    await nodes.start(...names);
    for (let n = 1; n <= 6; n++) await nodes.put('node1', `key ${n}`, n);
    await agree(nodes);
    await nodes.settle(nodes.node('node1').membership.expel(node3));
    await nodes.until(() => nodes.node('node3').status === 'removed');
    await nodes.settle(nodes.node('node2').membership.admit(node3));
    await agree(nodes);
    expect(nodes.node('node3').id).toBe('node3');
    expect(await everywhere(nodes, 'key 6')).toEqual([[6], [6], [6]]);
  });
});
