import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { storageKinds } from '../support/storage-kinds.ts';

describe.each(storageKinds())('storage %s', (_kind, open) => {
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

  it('keeps the identity', async () => {
    const storage = await open();
    expect(storage.identity).toBeUndefined();
    await storage.adopt({ id: 'node1~k3x9', caughtUp: false });
    expect(storage.identity).toEqual({ id: 'node1~k3x9', caughtUp: false });
    await storage.close();
  });
});
