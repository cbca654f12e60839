import { describe, expect, it } from 'vitest';
import { counterOf, descends } from '../../src/causality/vector-clock.ts';
import type { Transport } from '../../src/replication/transport.ts';
import { SimulatedNodes, testLimits } from '../support/simulated-nodes.ts';

const url = (id: string) => ({ id, url: `http://${id}` });

/** Whether a node has pruned all its writes. */
const hasPruned = (nodes: SimulatedNodes, name: string) => {
  const { log, id, clock } = nodes.node(name);
  return counterOf(clock, id) > 0 && counterOf(log.pruned, id) === counterOf(clock, id);
};

describe('two nodes that are both behind', () => {
  it('merge their data after each removed the other, pruned its log and was admitted again', async () => {
    const nodes = new SimulatedNodes(['node1', 'node2']);
    await nodes.start('node1', 'node2');
    await nodes.put('node1', 'before', 0);
    await nodes.until(() => descends(nodes.node('node2').clock, nodes.node('node1').clock));
    nodes.cut('node1', 'node2');
    for (const [here, there] of [
      ['node1', 'node2'],
      ['node2', 'node1'],
    ] as const) {
      await nodes.settle(nodes.node(here).membership.expel(url(there)));
      await nodes.put(here, 'both', here);
      await nodes.put(here, here, 1);
    }
    await nodes.until(() => hasPruned(nodes, 'node1') && hasPruned(nodes, 'node2'));
    nodes.reconnect('node1', 'node2');
    await nodes.settle(nodes.node('node1').membership.admit(url('node2')));
    await nodes.settle(nodes.node('node2').membership.admit(url('node1')));
    await nodes.until(
      () =>
        nodes.statuses().every((status) => status === 'ok') &&
        descends(nodes.node('node1').clock, nodes.node('node2').clock) &&
        descends(nodes.node('node2').clock, nodes.node('node1').clock),
    );
    for (const name of ['node1', 'node2']) {
      expect(await nodes.values(name, 'both')).toEqual(['node2', 'node1']);
      expect(await nodes.values(name, 'node1')).toEqual([1]);
      expect(await nodes.values(name, 'node2')).toEqual([1]);
      expect(await nodes.values(name, 'before')).toEqual([0]);
      expect(nodes.node(name).id).toBe(name);
    }
    await nodes.put('node1', 'after', 1);
    await nodes.put('node2', 'after', 2);
    expect(nodes.failures).toEqual([]);
  });

  it('serve what is left after one lost its disk while it filled the other', async () => {
    const hooks = { beforePage: async (_mark?: string) => {}, afterPage: () => {} };
    const nodes = new SimulatedNodes(['node1', 'node2'], {
      wrapTransport: (transport: Transport): Transport => ({
        replicate: (writes, to) => transport.replicate(writes, to),
        heartbeat: () => transport.heartbeat(),
        join: (member) => transport.join(member),
        claim: (request) => transport.claim(request),
        async snapshot(mark) {
          await hooks.beforePage(mark);
          const page = await transport.snapshot(mark);
          hooks.afterPage();
          return page;
        },
      }),
    });
    await nodes.start('node1', 'node2');
    // Three values of two thirds of a page: the second page is read after a further write, which is then lost.
    for (const key of ['k1', 'k2', 'k3']) await nodes.put('node2', key, 'v'.repeat(700_000));
    await nodes.until(() => hasPruned(nodes, 'node2'));
    nodes.simulated('node1').wipe();
    let pages = 0;
    hooks.beforePage = async () => {
      if (++pages !== 2) return;
      nodes.simulated('node2').link('node1')?.inject({ action: 'hold' });
      await nodes.node('node2').store?.put('k3', 'lost with the disk');
    };
    hooks.afterPage = () => {
      if (pages !== 2) return;
      hooks.afterPage = () => {};
      nodes.simulated('node2').wipe();
      nodes.simulated('node2').start();
    };
    nodes.simulated('node1').start();
    await nodes.until(() => pages >= 2);
    await nodes.until(() => nodes.statuses().every((status) => status === 'ok'));
    expect(await nodes.values('node1', 'k3')).toEqual(['v'.repeat(700_000)]);
    await nodes.until(() => descends(nodes.node('node2').clock, nodes.node('node1').clock));
    expect(await nodes.values('node2', 'k3')).toEqual(['v'.repeat(700_000)]);
    await nodes.put('node1', 'x', 2);
    await nodes.until(() => descends(nodes.node('node2').clock, nodes.node('node1').clock));
    expect(nodes.failures).toEqual([]);
  });

  it('show nothing without its causes after a kill in the middle of catching up', async () => {
    const hooks = { afterPage: async () => {}, pages: 0 };
    const nodes = new SimulatedNodes(['node1', 'node2', 'node3'], {
      wrapTransport: (transport: Transport): Transport => ({
        replicate: (writes, to) => transport.replicate(writes, to),
        heartbeat: () => transport.heartbeat(),
        join: (member) => transport.join(member),
        claim: (request) => transport.claim(request),
        async snapshot(mark) {
          const page = await transport.snapshot(mark);
          hooks.pages++;
          if (hooks.pages === 1) await hooks.afterPage();
          return page;
        },
      }),
    });
    await nodes.start('node1', 'node2', 'node3');
    for (const key of ['a', 'k1', 'k2', 'z']) await nodes.put('node2', key, 'v'.repeat(700_000));
    await nodes.until(() => hasPruned(nodes, 'node2'));
    await nodes.until(() => descends(nodes.node('node3').clock, nodes.node('node2').clock));
    nodes.simulated('node1').wipe();
    nodes.simulated('node3').crash();
    hooks.afterPage = async () => {
      // Its effect is on a page that is still to come, the cause on one that has been read.
      nodes.simulated('node2').link('node1')?.inject({ action: 'hold' });
      await nodes.node('node2').store?.put('a', 'cause');
      await nodes.node('node2').store?.put('z', 'effect');
    };
    nodes.simulated('node1').start();
    await nodes.until(() => hooks.pages >= 2);
    await nodes.time.advanceAsync(500);
    nodes.simulated('node2').wipe();
    nodes.simulated('node1').crash();
    nodes.simulated('node1').start();
    nodes.simulated('node3').start();
    await nodes.until(() => nodes.node('node1').status === 'ok' && nodes.node('node3').status === 'ok');
    const [a] = await nodes.values('node1', 'a');
    const [z] = await nodes.values('node1', 'z');
    expect([String(a).slice(0, 6), String(z).slice(0, 6)]).toEqual(['vvvvvv', 'vvvvvv']);
    expect(nodes.failures).toEqual([]);
  });
});

describe('a node that is admitted again', () => {
  it('agrees with the others on a key that was deleted and written concurrently', async () => {
    const nodes = new SimulatedNodes(['node1', 'node2', 'node3'], {
      limits: { ...testLimits, logRetention: { ...testLimits.logRetention, writes: 1_000 } },
    });
    // With logs, not snapshots, one node would still receive a deletion that others have dropped.
    await nodes.start('node1', 'node2', 'node3');
    for (const other of ['node1', 'node2']) nodes.cut(other, 'node3');
    await nodes.settle(nodes.node('node1').membership.expel(url('node3')));
    // The deletion outranks the write, so a node that keeps it reads null.
    await nodes.put('node1', 'other', 1);
    await nodes.settle(nodes.node('node1').store?.put('x', null));
    await nodes.put('node3', 'x', 'concurrent');
    await nodes.time.advanceAsync(10_000);
    await nodes.settle(nodes.node('node1').membership.admit(url('node3')));
    for (const other of ['node1', 'node2']) nodes.reconnect(other, 'node3');
    await nodes.until(() =>
      ['node1', 'node2', 'node3'].every((name) => counterOf(nodes.node(name).clock, 'node3') === 1),
    );
    await nodes.until(() => descends(nodes.node('node3').clock, nodes.node('node1').clock));
    const values = await Promise.all(['node1', 'node2', 'node3'].map((name) => nodes.values(name, 'x')));
    expect(values).toEqual([
      [null, 'concurrent'],
      [null, 'concurrent'],
      [null, 'concurrent'],
    ]);
  });
});

describe('a node without its disk', () => {
  it('does not serve before a member has responded, so no acknowledged write reads null', async () => {
    const nodes = new SimulatedNodes(['node1', 'node2', 'node3']);
    await nodes.start('node1', 'node2', 'node3');
    await nodes.put('node1', 'x', 1);
    await nodes.until(() => descends(nodes.node('node3').clock, nodes.node('node1').clock));
    for (const name of ['node1', 'node2']) nodes.simulated(name).crash();
    nodes.simulated('node3').wipe();
    nodes.simulated('node3').start();
    await nodes.time.advanceAsync(120_000);
    expect(nodes.node('node3').status).toBe('catching-up');
    nodes.simulated('node1').start();
    await nodes.until(() => nodes.node('node3').status === 'ok');
    expect(await nodes.values('node3', 'x')).toEqual([1]);
  });
});

describe('a node that is a little behind a refilled one', () => {
  it('keeps serving, because the log of another member has what is missing', async () => {
    const nodes = new SimulatedNodes(['node1', 'node2', 'node3']);
    await nodes.start('node1', 'node2', 'node3');
    await nodes.put('node1', 'x', 1);
    await nodes.until(() => hasPruned(nodes, 'node1'));
    nodes.cut('node1', 'node3');
    nodes.cut('node2', 'node3');
    await nodes.put('node1', 'x', 2);
    await nodes.until(() => counterOf(nodes.node('node2').clock, 'node1') === 2);
    nodes.simulated('node2').wipe();
    await nodes.start('node2');
    expect(counterOf(nodes.node('node2').log.pruned, 'node1')).toBe(2);
    const statuses = new Set<string>();
    nodes.node('node3').subscribe(() => statuses.add(nodes.node('node3').status));
    nodes.reconnect('node1', 'node3');
    nodes.reconnect('node2', 'node3');
    await nodes.until(() => counterOf(nodes.node('node3').clock, 'node1') === 2);
    expect([...statuses]).toEqual(['ok']);
  });
});
