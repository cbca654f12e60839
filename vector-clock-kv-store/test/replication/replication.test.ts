import { describe, expect, it } from 'vitest';
import { descends } from '../../src/causality/vector-clock.ts';
import { BehindError } from '../../src/store/session-gate.ts';
import { InMemoryCluster } from '../support/in-memory-cluster.ts';

const names = ['a', 'b', 'c'];

describe('replication', () => {
  it('makes a write visible at every node', async () => {
    const cluster = new InMemoryCluster(names);
    await cluster.member('a').store.put('x', 1);
    await cluster.time.advanceAsync(100);
    expect(await cluster.values('x')).toEqual([[1], [1], [1]]);
  });

  it('sends each write to each peer once if no message is lost', async () => {
    const cluster = new InMemoryCluster(names);
    for (let n = 1; n <= 50; n++) await cluster.member('a').store.put('x', n);
    await cluster.time.advanceAsync(5_000);
    expect(cluster.member('b').received).toBe(50);
    expect(cluster.member('c').received).toBe(50);
  });

  it('keeps writes for an unreachable peer, and sends them when it is back', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.member('c').up = false;
    for (let n = 1; n <= 1_200; n++) await cluster.member('a').store.put(`k${n}`, n);
    await cluster.time.advanceAsync(60_000);
    expect(cluster.member('c').store.clock).toEqual({});
    cluster.member('c').up = true;
    await cluster.time.advanceAsync(2_000);
    expect(cluster.member('c').store.clock).toEqual({ a: 1_200 });
    expect(cluster.member('c').received).toBe(1_200);
  });

  it('sends each write once to a peer that lags behind', async () => {
    const cluster = new InMemoryCluster(['a', 'b']);
    cluster.link('a', 'b').inject({ action: 'delay', delayMs: 700 });
    for (let n = 1; n <= 2_000; n++) {
      await cluster.member('a').store.put(`k${n}`, n);
      await cluster.time.advanceAsync(1);
    }
    await cluster.time.advanceAsync(20_000);
    expect(cluster.member('b').store.clock).toEqual({ a: 2_000 });
    expect(cluster.member('b').received).toBe(2_000);
  });

  it('retries a peer at once when that peer sends a request', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.member('c').up = false;
    await cluster.member('a').store.put('x', 1);
    await cluster.time.advanceAsync(60_000);
    cluster.member('c').up = true;
    cluster.member('a').replicator.retryNow('c');
    await cluster.time.advanceAsync(0);
    expect(cluster.member('c').store.clock).toEqual({ a: 1 });
  });

  it('sends a lost message again, which unblocks the writes that depend on it', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.link('a', 'c').inject({ action: 'drop', count: 1 });
    await cluster.member('a').store.put('x', 1);
    await cluster.time.advanceAsync(10);
    await cluster.member('a').store.put('x', 2);
    await cluster.time.advanceAsync(10);
    expect(cluster.member('c').store.buffered()).toHaveLength(1);
    await cluster.time.advanceAsync(2_000);
    expect(await cluster.values('x')).toEqual([[2], [2], [2]]);
    expect(cluster.member('c').store.buffered()).toEqual([]);
  });

  it('forwards the writes of a node that is gone for good', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.link('a', 'c').inject({ action: 'drop' });
    await cluster.member('a').store.put('x', 1);
    await cluster.time.advanceAsync(10);
    await cluster.member('a').replicator.stop();
    cluster.member('a').up = false;
    await cluster.time.advanceAsync(3_000);
    expect(cluster.member('c').store.clock).toEqual({ a: 1 });
  });

  it('stops at once, although a request is in flight', async () => {
    const cluster = new InMemoryCluster(names);
    const { store, replicator } = cluster.member('a');
    cluster.link('a', 'c').inject({ action: 'delay', delayMs: 60_000 });
    await store.put('x', 1);
    await cluster.time.advanceAsync(100);
    // The virtual clock does not advance: nothing waits for the delayed request.
    await replicator.stop();
    expect(cluster.member('b').store.clock).toEqual({ a: 1 });
    expect(cluster.member('c').store.clock).toEqual({});
  });

  it('unblocks a full buffer by sending its missing dependency first', async () => {
    const cluster = new InMemoryCluster(names, 5);
    cluster.link('a', 'c').inject({ action: 'hold' });
    cluster.link('b', 'c').inject({ action: 'hold', origin: 'a' });
    await cluster.member('a').store.put('cause', 1);
    await cluster.time.advanceAsync(10);
    for (let n = 1; n <= 20; n++) await cluster.member('b').store.put(`k${n}`, n);
    await cluster.time.advanceAsync(5_000);
    expect(cluster.member('c').store.buffered()).toHaveLength(5);
    for (const from of ['a', 'b']) {
      cluster.link(from, 'c').release();
      cluster.member(from).replicator.repair('c');
    }
    await cluster.time.advanceAsync(3_000);
    expect(cluster.member('c').store.clock).toEqual({ a: 1, b: 20 });
  });

  it.each(['drop', 'duplicate', 'reorder', 'delay'] as const)(
    'converges, in causal order, over links that %s',
    async (action) => {
      const cluster = new InMemoryCluster(names);
      for (const { links } of cluster.members.values()) {
        for (const link of links.values())
          link.inject({ action, delayMs: 40, ...(action === 'drop' ? { count: 30 } : {}) });
      }
      for (let round = 0; round < 20; round++) {
        for (const { store } of cluster.members.values())
          await store.put(`k${round % 4}`, `${store.id}${round}`);
        await cluster.time.advanceAsync(round % 3 === 0 ? 100 : 1);
      }
      await cluster.time.advanceAsync(30_000);
      expect(cluster.clocks()).toEqual([
        { a: 20, b: 20, c: 20 },
        { a: 20, b: 20, c: 20 },
        { a: 20, b: 20, c: 20 },
      ]);
      const [first, ...others] = await cluster.values('k0');
      for (const other of others) expect(other).toEqual(first);
      for (const { committed } of cluster.members.values()) {
        const seen: Record<string, number> = {};
        for (const { sender, vc } of committed) {
          seen[sender] = (seen[sender] ?? 0) + 1;
          expect(descends(seen, vc)).toBe(true);
        }
      }
    },
  );
});

describe('causal stability', () => {
  it('counts the writes that every member has stored', async () => {
    const cluster = new InMemoryCluster(names);
    await cluster.member('a').store.put('x', 1);
    await cluster.time.advanceAsync(1_000);
    for (const from of ['a', 'b']) cluster.link(from, 'c').inject({ action: 'hold' });
    await cluster.member('a').store.put('x', 2);
    await cluster.time.advanceAsync(1_000);
    expect(cluster.member('a').replicator.stableClock()).toEqual({ a: 1 });
    expect(cluster.member('b').replicator.stableClock()).toEqual({ a: 1 });
  });

  it('counts a write as settled only if no concurrent write can still arrive', async () => {
    const cluster = new InMemoryCluster(names);
    for (const from of ['b', 'c']) cluster.link(from, 'a').inject({ action: 'hold', origin: 'b' });
    await cluster.member('b').store.put('x', 'concurrent, and on its way');
    await cluster.member('a').store.put('x', null);
    await cluster.time.advanceAsync(3_000);
    expect(cluster.member('a').replicator.stableClock()).toEqual({ a: 1 });
    expect(cluster.member('a').replicator.settledClock()).toEqual({});
    for (const from of ['b', 'c']) cluster.link(from, 'a').release();
    await cluster.time.advanceAsync(3_000);
    expect(cluster.member('a').replicator.settledClock()).toEqual({ a: 1, b: 1 });
  });
});

describe('storedOn', () => {
  it('resolves as soon as enough nodes have stored the write', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.link('a', 'c').inject({ action: 'hold' });
    await cluster.member('a').store.put('x', 1);
    const two = cluster.member('a').replicator.storedOn(1, 2, 2_000);
    const three = cluster.member('a').replicator.storedOn(1, 3, 400);
    await cluster.time.advanceAsync(300);
    expect(await two).toBe(2);
    await cluster.time.advanceAsync(200);
    expect(await three).toBe(2);
  });

  it('does not count a node that only buffers the write', async () => {
    const cluster = new InMemoryCluster(names);
    for (const from of ['a', 'b']) cluster.link(from, 'c').inject({ action: 'hold', origin: 'a' });
    await cluster.member('a').store.put('cause', 1);
    await cluster.time.advanceAsync(10);
    await cluster.member('b').store.put('effect', 1);
    const stored = cluster.member('b').replicator.storedOn(1, 3, 400);
    await cluster.time.advanceAsync(500);
    expect(cluster.member('c').store.bufferDepth).toBe(1);
    expect(await stored).toBe(2);
  });
});

describe('a session that moves between nodes', () => {
  it('reads its own write, once a node that is behind has caught up', async () => {
    const cluster = new InMemoryCluster(names);
    cluster.link('a', 'b').inject({ action: 'delay', delayMs: 300 });
    const context = await cluster.member('a').store.put('x', 1);
    const reading = cluster.member('b').store.get('x', { context, waitMs: 2_000 });
    await cluster.time.advanceAsync(1_000);
    expect((await reading).versions.map(({ value }) => value)).toEqual([1]);
  });

  it('gets an error instead of older data if the node stays behind', async () => {
    const cluster = new InMemoryCluster(names);
    for (const from of ['a', 'c']) cluster.link(from, 'b').inject({ action: 'hold' });
    const context = await cluster.member('a').store.put('x', 1);
    const reading = expect(cluster.member('b').store.get('x', { context, waitMs: 2_000 })).rejects.toThrow(
      BehindError,
    );
    const writing = expect(cluster.member('b').store.put('x', 2, { context, waitMs: 2_000 })).rejects.toThrow(
      BehindError,
    );
    await cluster.time.advanceAsync(2_001);
    await Promise.all([reading, writing]);
    expect(cluster.member('b').store.clock).toEqual({});
  });
});
