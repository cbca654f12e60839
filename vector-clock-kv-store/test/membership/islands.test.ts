import { describe, expect, it } from 'vitest';
import { compare } from '../../src/causality/vector-clock.ts';
import { movedAddress } from '../../src/verification/simulation/simulated-network.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3', 'node4'];

/** Where a node says that it is, so that others can learn of it. */
const address = (name: string) => movedAddress(name, 0);

/** Lets time pass until these nodes serve with equal clocks. */
async function agree(nodes: SimulatedNodes, among: readonly string[] = names): Promise<void> {
  const [first = ''] = among;
  await nodes.until(
    () =>
      among.every(
        (name) =>
          nodes.simulated(name).node?.status === 'ok' &&
          compare(nodes.node(name).clock, nodes.node(first).clock) === 'equal',
      ),
    120_000,
  );
}

/**
 * Founds a cluster of some nodes, copies their disks, and lets the other nodes join. After further writes, the founders
 * return with their copies, in which nobody knows the others, or with empty disks, and cut off from them.
 */
async function restoreTogether(
  island: readonly string[],
  writers: readonly string[],
  disks: 'restored' | 'lost' = 'restored',
): Promise<SimulatedNodes> {
  const rest = names.filter((name) => !island.includes(name));
  const nodes = new SimulatedNodes(
    names,
    {},
    {
      ...Object.fromEntries(island.map((name) => [name, { names: island }])),
      ...Object.fromEntries(rest.map((name) => [name, { address: address(name) }])),
    },
  );
  await nodes.start(...island);
  for (const name of island) await nodes.put(name, `shared ${name}`, 0);
  await agree(nodes, island);
  const backups = island.map((name) => nodes.simulated(name).backUp());
  for (const name of rest) {
    await nodes.settle(nodes.node('node1').membership.admit({ id: name, url: `http://${address(name)}` }));
  }
  await agree(nodes, island);
  await nodes.start(...rest);
  await agree(nodes);
  for (const name of writers) {
    await nodes.put(name, 'both', `main ${name}`);
    await nodes.put(name, `main ${name}`, 1);
  }
  await agree(nodes);
  for (const name of island) for (const other of rest) nodes.cut(name, other);
  island.forEach((name, index) => {
    const backup = backups[index];
    if (disks === 'lost') nodes.simulated(name).wipe();
    else if (backup !== undefined) nodes.simulated(name).restore(backup);
  });
  await nodes.start(...island);
  return nodes;
}

const everywhere = (nodes: SimulatedNodes, key: string) =>
  Promise.all(names.map(async (name) => [...(await nodes.values(name, key))].sort()));

/** Lets the founders write more than the others have of them, and checks that nothing is lost when all meet. */
async function meet(nodes: SimulatedNodes, island: readonly string[], writers: readonly string[]) {
  for (let n = 1; n <= 6; n++) {
    for (const name of island) {
      await nodes.put(name, `${name} ${n}`, n);
      await agree(nodes, island);
    }
  }
  await nodes.put('node1', 'both', 'island');
  for (const name of island) {
    for (const other of names) if (!island.includes(other)) nodes.reconnect(name, other);
  }
  await nodes.until(() => names.every((name) => nodes.node(name).directory.peers.length === 3), 120_000);
  await agree(nodes);
  for (const name of writers) expect(await everywhere(nodes, `main ${name}`)).toEqual(names.map(() => [1]));
  for (const name of island) {
    for (let n = 1; n <= 6; n++) {
      expect(await everywhere(nodes, `${name} ${n}`), `${name} ${n}`).toEqual(names.map(() => [n]));
    }
  }
  const [both] = await everywhere(nodes, 'both');
  expect(both).toContain('island');
  expect(both).toContain(`main ${writers.at(-1)}`);
  expect(await everywhere(nodes, 'both')).toEqual(names.map(() => both));
  for (const name of writers.filter((writer) => island.includes(writer))) {
    const { conflicts } = nodes.node(name).identities;
    await nodes.until(() => conflicts.resolved !== undefined && conflicts.current.length === 0);
    expect(conflicts.resolved?.message).toMatch('earlier copy');
  }
  expect(nodes.failures).toEqual([]);
}

describe('a part of a cluster that is restored together and meets the rest later', () => {
  it.each([
    { island: ['node1'], writers: ['node1'] },
    { island: ['node1', 'node2'], writers: ['node1', 'node2'] },
    { island: ['node1', 'node2'], writers: ['node1'] },
    { island: ['node1', 'node2'], writers: ['node2'] },
    { island: ['node1', 'node2', 'node3'], writers: ['node3', 'node1'] },
    { island: ['node1', 'node2'], writers: ['node4'] },
  ])('keeps the writes of both sides: $island, after $writers had written', async ({ island, writers }) => {
    await meet(await restoreTogether(island, writers), island, writers);
  });
});

describe('a founder that loses its disk, knows nobody, and writes more than before', () => {
  it('keeps the writes of both sides when it meets the rest', async () => {
    await meet(await restoreTogether(['node1'], ['node1'], 'lost'), ['node1'], ['node1']);
  });
});
