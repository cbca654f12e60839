import { VirtualClock } from '@gridclock/simulation-kit';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/causality/vector-clock.ts';
import { type Heartbeat, NoSnapshotsError } from '../../src/replication/transport.ts';
import { createNode, endpoint, idleTransport } from '../support/create-node.ts';
import { servedNode } from '../support/node-app.ts';
import { SimulatedNodes } from '../support/simulated-nodes.ts';

const names = ['node1', 'node2', 'node3'];
const life = 'aaaaaaaaaaaaaaaa';

/** A heartbeat of node2, which runs as one life. */
const ofLife: Partial<Heartbeat> = {
  name: 'node2',
  id: 'node2',
  status: 'ok',
  life,
  lineage: [{ life, id: 'node2', from: 0 }],
  clock: { node2: 3 },
};

describe('a message without a life', () => {
  const served = servedNode();
  const forged = { sender: 'node2', key: 'x', value: 'forged', vc: { node2: 1 } };
  const signed = { ...forged, value: 1, life };

  it('is refused by name if the life of its sender is known', async () => {
    served.hear('node2', ofLife);
    await served.advance(5_000);
    const refused = await served.replicate(forged);
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatch(/a write of node2 names no life.*in use by life aaaaaaaaaaaaaaaa/);
    expect((await served.replicate([signed, { ...forged, vc: { node2: 2 } }])).status).toBe(409);
    expect((await served.state()).store).toEqual({});
    expect((await served.replicate(signed)).body.status).toBe('applied');
    expect((await served.replicate(forged)).body.status).toBe('duplicate');
  });

  it('is accepted from a peer that announces no life', async () => {
    served.hear('node2', { clock: { node2: 1 } });
    await served.advance(5_000);
    expect((await served.replicate(forged)).body.status).toBe('applied');
  });

  it('is accepted from a peer that has announced one, and is another implementation now', async () => {
    served.hear('node2', ofLife);
    await served.advance(5_000);
    served.hear('node2', { clock: {} });
    await served.advance(5_000);
    expect((await served.replicate(forged)).body.status).toBe('applied');
  });

  it('is accepted if a peer passes it on that knows no lives', async () => {
    served.hear('node2', ofLife);
    served.hear('node3', { clock: {} });
    await served.advance(5_000);
    const passedOn = await request(served.app)
      .post('/replicate')
      .set('x-gridclock-node', 'node3')
      .send(forged);
    expect(passedOn.body.status).toBe('applied');
  });

  it('is accepted under an id that its node has left, so that all nodes can have it', async () => {
    const lineage = [...(ofLife.lineage ?? []), { life, id: 'node2~1', from: 0 }];
    served.hear('node2', { ...ofLife, id: 'node2~1', lineage });
    await served.advance(5_000);
    expect((await served.replicate(forged)).body.status).toBe('applied');
  });

  it('is accepted likewise once a running node has left its id', async () => {
    served.hear('node2', ofLife);
    await served.advance(5_000);
    expect((await served.replicate(forged)).status).toBe(409);
    const lineage = [...(ofLife.lineage ?? []), { life, id: 'node2~1', from: 0 }];
    served.hear('node2', { ...ofLife, id: 'node2~1', lineage });
    await served.advance(5_000);
    expect((await served.replicate(forged)).body.status).toBe('applied');
  });

  it('cannot take the next number of a node that runs', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    await nodes.until(() => nodes.node('node2').identities.registry.of('node1') !== undefined);
    const before = nodes.node('node1').id;
    const write = { sender: before, key: 'x', value: 'forged', vc: { [before]: 1 } };
    expect(nodes.node('node2').identities.objectionTo([write], undefined)).toMatch(/names no life/);
  });
});

describe('forged writes with the life of a node that runs', () => {
  it('make it take few new ids, and are kept by all nodes', async () => {
    const nodes = new SimulatedNodes(names);
    await nodes.start(...names);
    const ids = new Set<string>();
    const untilMs = nodes.time.now() + 120_000;
    while (nodes.time.now() < untilMs) {
      const { id, life: current, store } = nodes.node('node1');
      ids.add(id);
      const counter = (store?.ownCounter ?? 0) + 1;
      const forged = { sender: id, key: 'x', value: counter, vc: { [id]: counter }, life: current };
      await nodes.settle(
        nodes
          .node('node2')
          .store?.receive([forged])
          .catch(() => {}),
      );
      await nodes.time.advanceAsync(500);
    }
    expect(ids.size).toBeGreaterThan(2);
    expect(ids.size).toBeLessThanOrEqual(9);
    await nodes.until(() => nodes.statuses().every((status) => status === 'ok'), 120_000);
    await nodes.put('node1', 'y', 1);
    await nodes.until(() =>
      names.every((name) => compare(nodes.node(name).clock, nodes.node('node1').clock) === 'equal'),
    );
    expect(await nodes.values('node3', 'y')).toEqual([1]);
    expect(nodes.failures).toEqual([]);
  });
});

describe('a node among other implementations only', () => {
  it('keeps its data after they have heard of a write that it did not make', async () => {
    const time = new VirtualClock();
    const heard: { clock: Record<string, number> } = { clock: {} };
    const peer = {
      ...idleTransport(),
      heartbeat: async () => ({ ...heard, heardOf: heard.clock, pruned: {} }),
    };
    const snapshot = () => Promise.reject(new NoSnapshotsError());
    const node = createNode({
      scheduler: time,
      peers: [endpoint('node2', { ...peer, snapshot })],
    });
    await Promise.all([node.start(), time.advanceAsync(1_000)]);
    await node.store?.put('x', 'mine');
    heard.clock = { node1: 2 };
    await time.advanceAsync(30_000);
    expect(node.status).toBe('ok');
    expect(node.id).toMatch(/^node1~/);
    const { versions } = (await node.store?.get('x')) ?? { versions: [] };
    expect(versions).toMatchObject([{ sender: node.id, value: 'mine', vc: { node1: 1 } }]);
    await node.stop();
  });
});
