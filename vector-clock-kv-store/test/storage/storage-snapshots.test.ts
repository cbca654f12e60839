import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { storageKinds } from '../support/storage-kinds.ts';

describe.each(storageKinds())('snapshots of storage %s', (_kind, open) => {
  it('pages through a snapshot of one moment while keys are written and dropped', async () => {
    const source = await open();
    const keys = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(3, '0')}`);
    await source.commit(keys.map((key, index) => write('a', index + 1, key)));
    const snapshot = source.openSnapshot();
    const target = new MemoryStorage();
    await target.beginInstall();
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = snapshot.page(cursor, 500);
      await target.stage(page.keys);
      cursor = page.next;
      const counter = 101 + 3 * pages;
      await source.commit([
        { sender: 'a', key: `k00${pages}`, value: null, vc: { a: counter } },
        write('a', counter + 1, `k09${pages}`, 'new'),
        write('a', counter + 2, 'later'),
      ]);
      await source.dropTombstones({ a: counter });
      pages++;
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(5);
    expect(snapshot.clock).toEqual({ a: 100 });
    snapshot.close();
    await target.installStaged(snapshot.clock);
    expect([...target.scan()]).toEqual(
      keys.map((key, index) => [key, [{ sender: 'a', value: index + 1, vc: { a: index + 1 } }]]),
    );
    await source.close();
  });

  it('keeps a snapshot although another one is installed', async () => {
    const storage = await open();
    await storage.commit([write('a', 1), write('a', 2, 'y')]);
    const snapshot = storage.openSnapshot();
    await storage.beginInstall();
    await storage.stage([['z', [{ sender: 'b', value: 1, vc: { b: 1 } }]]]);
    await storage.installStaged({ a: 2, b: 1 });
    const later = storage.openSnapshot();
    expect(later.page(undefined, 1_000).keys.map(([key]) => key)).toEqual(['z']);
    expect(later.clock).toEqual({ a: 2, b: 1 });
    expect(snapshot.page(undefined, 1_000).keys.map(([key]) => key)).toEqual(['x', 'y']);
    expect(snapshot.clock).toEqual({ a: 2 });
    later.close();
    snapshot.close();
    await storage.close();
  });

  it('closes with an open snapshot', async () => {
    const storage = await open();
    await storage.commit([write('a', 1)]);
    storage.openSnapshot();
    await storage.close();
  });

  it('replaces all data by the staged keys, all at once', async () => {
    const storage = await open();
    await storage.adopt({ id: 'node1', caughtUp: false });
    await storage.commit([write('a', 1), write('a', 2, 'y')]);
    await storage.beginInstall();
    await storage.stage([['never installed', [{ sender: 'c', value: 1, vc: { c: 1 } }]]]);
    await storage.beginInstall();
    await storage.stage([['x', [{ sender: 'b', value: 'staged', vc: { b: 1 } }]]]);
    await storage.stage([['gone', [{ sender: 'b', value: null, vc: { b: 2 } }]]]);
    expect([...storage.scan()].map(([key]) => key)).toEqual(['x', 'y']);
    expect(storage.versions('x')[0]?.value).toBe(1);
    await storage.installStaged({ b: 2 });
    expect([...storage.scan()].map(([key]) => key).sort()).toEqual(['gone', 'x']);
    expect(storage.versions('x')[0]?.value).toBe('staged');
    expect(storage.clock).toEqual({ b: 2 });
    expect(storage.pruned).toEqual({ b: 2 });
    expect(storage.log('a', 0, noLimit)).toEqual([]);
    expect(storage.identity).toEqual({ id: 'node1', caughtUp: false });
    await storage.dropTombstones({ b: 2 });
    await storage.commit([write('b', 3, 'z')]);
    expect([...storage.scan()].map(([key]) => key).sort()).toEqual(['x', 'z']);
    expect(storage.log('b', 2, noLimit)).toHaveLength(1);
    await storage.close();
  });

  it('keeps the log of the nodes whose entry an installed snapshot does not change', async () => {
    const storage = await open();
    await storage.commit([1, 2, 3].map((counter) => write('a', counter, `a${counter}`)));
    await storage.commit([1, 2, 3].map((counter) => write('b', counter, `b${counter}`)));
    await storage.prune({ a: 1 });
    await storage.beginInstall();
    await storage.installStaged({ a: 3, b: 5, c: 7 });
    expect(storage.pruned).toEqual({ a: 1, b: 5, c: 7 });
    expect(storage.log('a', 1, noLimit).map(({ vc }) => vc.a)).toEqual([2, 3]);
    expect(storage.log('b', 0, noLimit)).toEqual([]);
    await storage.commit([write('a', 4), write('b', 6)]);
    expect(storage.log('a', 2, noLimit).map(({ vc }) => vc.a)).toEqual([3, 4]);
    expect(storage.log('b', 5, noLimit).map(({ vc }) => vc.b)).toEqual([6]);
    await storage.close();
  });

  it('shows what is staged, and replaces or removes it', async () => {
    const storage = await open();
    const version = { sender: 'a', value: 1, vc: { a: 1 } };
    await storage.beginInstall();
    await storage.stage([
      ['x', [version]],
      ['y', [version]],
      ['none', []],
    ]);
    expect(storage.staged('x')).toEqual([version]);
    await storage.stage([
      ['x', []],
      ['y', [{ ...version, value: 2 }]],
    ]);
    expect(storage.staged('x')).toEqual([]);
    await storage.installStaged({ a: 1 });
    expect([...storage.scan()]).toEqual([['y', [{ ...version, value: 2 }]]]);
    await storage.close();
  });

  it('stores the clock to await with a snapshot that needs one, as not caught up', async () => {
    const storage = await open();
    await storage.adopt({ id: 'node1', caughtUp: true });
    await storage.beginInstall();
    await storage.installStaged({ a: 1 }, { a: 1, b: 2 });
    expect(storage.awaited).toEqual({ a: 1, b: 2 });
    expect(storage.identity).toEqual({ id: 'node1', caughtUp: false });
    await storage.beginInstall();
    await storage.installStaged({ a: 1, b: 2 });
    expect(storage.awaited).toEqual({});
    await storage.close();
  });

  it("keeps an installed snapshot's clock when it is pruned at the same time", async () => {
    const storage = await open();
    await storage.commit([1, 2, 3].map((counter) => write('a', counter)));
    await storage.beginInstall();
    await storage.stage([['x', [{ sender: 'a', value: 9, vc: { a: 9 } }]]]);
    await Promise.all([storage.installStaged({ a: 9 }), storage.prune({ a: 2 })]);
    expect(storage.clock).toEqual({ a: 9 });
    expect(storage.pruned).toEqual({ a: 9 });
    await storage.close();
  });
});
