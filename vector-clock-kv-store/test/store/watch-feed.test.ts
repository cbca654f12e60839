import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replica } from '../../src/causality/replica.ts';
import { descends, merge, type VectorClock, zeroClock } from '../../src/causality/vector-clock.ts';
import { dotOf, type Write } from '../../src/causality/write.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { FeedLostError, WatchFeed } from '../../src/store/watch-feed.ts';
import { causalRuns } from '../support/causal-run.ts';

const dotText = (write: Write) => JSON.stringify(dotOf(write));

describe('WatchFeed', () => {
  it('yields each write once, in causal order, from any clock a watcher has seen', async () => {
    await fc.assert(
      fc.asyncProperty(causalRuns, fc.nat(40), fc.nat(40), async (made, first, resumed) => {
        const storage = new MemoryStorage();
        const replica = new Replica('observer', zeroClock, { writes: 1_000, bytes: 1e9 });
        const visible = made.flatMap((write) => {
          const receipt = replica.receive(write);
          return receipt.status === 'applied' ? receipt.delivered : [];
        });
        const feed = new WatchFeed(storage, zeroClock);
        await storage.commit(visible.slice(0, first));
        const taken = [...feed.take()];
        await storage.commit(visible.slice(first));
        taken.push(...feed.take());
        expect(taken.map(({ write }) => dotText(write)).sort()).toEqual(visible.map(dotText).sort());
        let seen: VectorClock = zeroClock;
        for (const { write, position } of taken) {
          seen = merge(seen, { [write.sender]: dotOf(write).counter });
          expect(descends(seen, write.vc)).toBe(true);
          expect(position).toEqual(seen);
        }
        const from = taken[resumed % Math.max(1, taken.length)]?.position ?? zeroClock;
        const rest = [...new WatchFeed(storage, from).take()].map(({ write }) => dotText(write));
        const before = taken.filter(({ write }) => descends(from, { [write.sender]: dotOf(write).counter }));
        expect(new Set([...before.map(({ write }) => dotText(write)), ...rest]).size).toBe(visible.length);
        expect(before.length + rest.length).toBe(visible.length);
      }),
    );
  });

  it('yields a write after its causes, even if they exceed one chunk', async () => {
    const storage = new MemoryStorage();
    const large = 'v'.repeat(1024 * 1024);
    await storage.commit([
      ...[1, 2, 3].map((n) => ({ sender: 'a', key: 'x', value: large, vc: { a: n } })),
      { sender: 'b', key: 'y', value: 'effect', vc: { a: 3, b: 1 } },
    ]);
    expect([...new WatchFeed(storage, zeroClock).take()].map(({ write }) => dotOf(write))).toEqual([
      { node: 'a', counter: 1 },
      { node: 'a', counter: 2 },
      { node: 'a', counter: 3 },
      { node: 'b', counter: 1 },
    ]);
  });

  it('yields the rest after a caller stopped early', async () => {
    const storage = new MemoryStorage();
    const writes = ['a', 'b'].flatMap((sender) =>
      [1, 2, 3].map((n) => ({ sender, key: 'x', value: n, vc: { [sender]: n } })),
    );
    await storage.commit(writes);
    const feed = new WatchFeed(storage, zeroClock);
    const taken: Write[] = [];
    for (let call = 0; call < writes.length; call++) {
      for (const { write } of feed.take()) {
        taken.push(write);
        break;
      }
    }
    expect(taken.map(dotText).sort()).toEqual(writes.map(dotText).sort());
    expect([...feed.take()]).toEqual([]);
  });

  it('reads again what a caller did not take, after a rewind', async () => {
    const storage = new MemoryStorage();
    await storage.commit([1, 2, 3].map((n) => ({ sender: 'a', key: 'x', value: n, vc: { a: n } })));
    const feed = new WatchFeed(storage, zeroClock);
    const [first] = feed.take();
    feed.rewind();
    expect([first, ...feed.take()].map((taken) => taken?.write.value)).toEqual([1, 2, 3]);
  });

  it('fails once the log is pruned past its position', async () => {
    const storage = new MemoryStorage();
    await storage.commit([1, 2, 3].map((n) => ({ sender: 'a', key: 'x', value: n, vc: { a: n } })));
    await storage.prune({ a: 2 });
    expect(() => [...new WatchFeed(storage, { a: 1 }).take()]).toThrow(FeedLostError);
    expect([...new WatchFeed(storage, { a: 2 }).take()]).toHaveLength(1);
  });
});
