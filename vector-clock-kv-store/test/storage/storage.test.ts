import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe.each([
  ['in memory', async (): Promise<Storage> => new MemoryStorage()],
  ['on disk', (): Promise<Storage> => LmdbStorage.open(directory.path, 'node1')],
])('storage %s', (_kind, open) => {
  it('shows the committed writes', async () => {
    const storage = await open();
    expect(storage.clock).toEqual({});
    expect(storage.versions('x')).toEqual([]);
    const committing = storage.commit([write('a', 1), write('b', 1, 'y')]);
    await committing;
    expect(storage.clock).toEqual({ a: 1, b: 1 });
    expect(storage.versions('x')).toEqual([{ sender: 'a', value: 1, vc: { a: 1 } }]);
    expect([...storage.scan()].map(([key]) => key)).toEqual(['x', 'y']);
    await storage.close();
  });

  it('applies the writes of one commit in order', async () => {
    const storage = await open();
    await storage.commit([write('a', 1), write('a', 2), write('b', 1)]);
    expect(storage.versions('x').map(({ value, sender }) => [sender, value])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    await storage.close();
  });

  it("reads a node's log in order, from a counter up to a limit", async () => {
    const storage = await open();
    await storage.commit([1, 2, 3, 4, 5].map((counter) => write('a', counter)));
    await storage.commit([write('b', 1)]);
    const counters = (after: number, limit = noLimit) => storage.log('a', after, limit).map(({ vc }) => vc.a);
    expect(counters(0)).toEqual([1, 2, 3, 4, 5]);
    expect(counters(3)).toEqual([4, 5]);
    expect(counters(5)).toEqual([]);
    expect(counters(0, { writes: 2, bytes: 1_000_000 })).toEqual([1, 2]);
    expect(counters(0, { writes: 100, bytes: 1 })).toEqual([1]);
    expect(storage.log('nobody', 0, noLimit)).toEqual([]);
    await storage.close();
  });

  it('preserves every JSON value and every valid key', async () => {
    const storage = await open();
    let counter = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), fc.jsonValue(), async (key, json) => {
        fc.pre(json !== null && !key.includes('\0'));
        const value: unknown = JSON.parse(JSON.stringify(json));
        await storage.commit([write('a', ++counter, key, value ?? {})]);
        expect(storage.versions(key)[0]?.value).toEqual(value);
      }),
      { numRuns: 200 },
    );
    await storage.close();
  });

  it('pages through all keys, including control characters and long keys', async () => {
    const storage = await open();
    const characters = [
      ...Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1)),
      'é',
      '😀',
    ];
    const keys = characters.flatMap((character) => [
      character,
      character.repeat(100),
      `${'a'.repeat(100)}${character}`,
    ]);
    await storage.commit([...new Set(keys)].map((key, index) => write('a', index + 1, key)));
    const pages: string[] = [];
    const snapshot = storage.openSnapshot();
    let cursor: string | undefined;
    do {
      const page = snapshot.page(cursor, 1_000);
      pages.push(...page.keys.map(([key]) => key));
      cursor = page.next;
    } while (cursor !== undefined && pages.length <= keys.length);
    snapshot.close();
    expect(pages.sort()).toEqual([...new Set(keys)].sort());
    expect([...storage.scan()].map(([key]) => key).sort()).toEqual(pages);
    await storage.close();
  });

  it('prunes the log up to a clock, and keeps the versions', async () => {
    const storage = await open();
    await storage.commit([1, 2, 3, 4, 5].map((counter) => write('a', counter, `k${counter}`)));
    await storage.prune({ a: 3, nobody: 7 });
    expect(storage.pruned).toEqual({ a: 3 });
    expect(storage.log('a', 3, noLimit).map(({ vc }) => vc.a)).toEqual([4, 5]);
    expect(storage.log('a', 4, noLimit).map(({ vc }) => vc.a)).toEqual([5]);
    expect([...storage.scan()]).toHaveLength(5);
    await storage.prune({ a: 99 });
    await storage.commit([write('a', 6)]);
    expect(storage.pruned).toEqual({ a: 5 });
    expect(storage.log('a', 5, noLimit).map(({ vc }) => vc.a)).toEqual([6]);
    await storage.close();
  });

  it('measures the log, also after pruning, and lists the sizes of its writes', async () => {
    const storage = await open();
    expect(storage.logBytes).toBe(0);
    await storage.commit([write('a', 1, 'x', 'v'.repeat(1_000)), write('a', 2), write('b', 1)]);
    const [large = 0, small = 0] = storage.logSizes('a', 0);
    expect(large).toBeGreaterThan(small + 900);
    expect([...storage.logSizes('a', 1)]).toEqual([small]);
    const before = storage.logBytes;
    await storage.prune({ a: 1 });
    expect(storage.logBytes).toBe(before - large);
    expect([...storage.logSizes('a', 0)]).toEqual([small]);
    await storage.prune({ a: 2, b: 1 });
    expect(storage.logBytes).toBe(0);
    await storage.close();
  });

  it('drops a tombstone once it is stable, unless it has siblings', async () => {
    const storage = await open();
    const deletion = (sender: string, counter: number, key: string): Write => ({
      sender,
      key,
      value: null,
      vc: { [sender]: counter },
    });
    await storage.commit([
      deletion('a', 1, 'gone'),
      deletion('a', 2, 'beside'),
      write('b', 1, 'beside'),
      deletion('a', 3, 'later'),
    ]);
    expect(storage.tombstones).toBe(2);
    await storage.dropTombstones({ a: 2, b: 1 });
    expect(storage.tombstones).toBe(1);
    expect([...storage.scan()].map(([key]) => key).sort()).toEqual(['beside', 'later']);
    await storage.dropTombstones({ a: 3 });
    expect([...storage.scan()].map(([key]) => key)).toEqual(['beside']);
    await storage.close();
  });

  it('drops a key whose siblings are all deletions once all of them are stable', async () => {
    const storage = await open();
    const deletion = (sender: string): Write => ({ sender, key: 'x', value: null, vc: { [sender]: 1 } });
    await storage.commit([deletion('a'), deletion('b')]);
    await storage.dropTombstones({ a: 1 });
    expect(storage.versions('x')).toHaveLength(2);
    await storage.dropTombstones({ a: 1, b: 1 });
    expect([...storage.scan()]).toEqual([]);
    await storage.close();
  });

  it('drops stable tombstones behind more unstable ones than one call looks at', async () => {
    const storage = await open();
    const deletions = (sender: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        sender,
        key: `${sender}${index}`,
        value: null,
        vc: { [sender]: index + 1 },
      }));
    await storage.commit([...deletions('a', 6_000), ...deletions('b', 6_000)]);
    for (let round = 0; round < 3; round++) await storage.dropTombstones({ b: 6_000 });
    expect([...storage.scan()].filter(([key]) => key.startsWith('b'))).toEqual([]);
    expect([...storage.scan()]).toHaveLength(6_000);
    await storage.close();
  });

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

  it('keeps the identity', async () => {
    const storage = await open();
    expect(storage.identity).toBeUndefined();
    await storage.adopt({ id: 'node1~k3x9', caughtUp: false });
    expect(storage.identity).toEqual({ id: 'node1~k3x9', caughtUp: false });
    await storage.close();
  });
});
