import { describe, expect, it } from 'vitest';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];

/** Starts nodes, and lets each write. */
async function startAndWrite(among: readonly string[] = names): Promise<SimulatedNodes> {
  const nodes = new SimulatedNodes(among);
  await nodes.start(...among);
  for (const name of among) await nodes.put(name, `by ${name}`, 1);
  await nodes.until(() => among.every((name) => Object.keys(nodes.node(name).clock).length === among.length));
  return nodes;
}

const idsOf = (nodes: SimulatedNodes, among = names) => among.map((name) => nodes.node(name).id);

describe('nodes that restart together', () => {
  it.each([{ among: names }, { among: ['node1'] }])('keep their ids: $among', async ({ among }) => {
    const nodes = await startAndWrite(among);
    for (let restart = 1; restart <= 3; restart++) {
      for (const name of among) nodes.simulated(name).crash();
      await nodes.start(...among);
      expect(idsOf(nodes, among)).toEqual(among);
      for (const name of among) await nodes.put(name, `restart ${restart} of ${name}`, restart);
    }
    expect(nodes.failures).toEqual([]);
  });

  it('take new ids if their data was copied, and keep these from then on', async () => {
    const nodes = await startAndWrite();
    for (const name of names) nodes.simulated(name).restore(nodes.simulated(name).backUp());
    await nodes.start(...names);
    const ids = idsOf(nodes);
    for (const name of names) expect(ids).toContainEqual(expect.stringMatching(`^${name}~`));
    for (const name of names) nodes.simulated(name).crash();
    await nodes.start(...names);
    expect(idsOf(nodes)).toEqual(ids);
  });

  it('take new ids if a first start on copied data was killed before it decided', async () => {
    const nodes = await startAndWrite();
    const stored = names.map((name) => nodes.simulated(name).backUp());
    names.forEach((name, index) => {
      const backup = stored[index];
      if (backup !== undefined) nodes.simulated(name).restore(backup);
      nodes.simulated(name).start();
      nodes.simulated(name).crash();
    });
    await nodes.start(...names);
    for (const id of idsOf(nodes)) expect(id).toMatch(/~/);
  });
});

describe('one node whose disk is replaced by a snapshot of the block device', () => {
  it('takes a new id, because the members know its later write', async () => {
    const nodes = await startAndWrite();
    const backup = nodes.simulated('node1').backUp();
    await nodes.put('node1', 'later', 2);
    await nodes.until(() => nodes.node('node2').clock.node1 === 2 && nodes.node('node3').clock.node1 === 2);
    nodes.simulated('node1').restore(backup, true);
    await nodes.start('node1');
    expect(nodes.node('node1').id).toMatch(/^node1~/);
    expect(await nodes.values('node1', 'later')).toEqual([2]);
  });
});
