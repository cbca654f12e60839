import { describe, expect, it } from 'vitest';
import { BehindError, type CausalStore, InstallingError } from '../src/causal-store.ts';
import { descends, zeroClock } from '../src/causality/vector-clock.ts';
import type { Write } from '../src/causality/write.ts';
import { MemoryStorage } from '../src/storage/memory-storage.ts';
import { loneStore } from './support/lone-store.ts';

/** Takes as long to store as the test wants. */
class SlowStorage extends MemoryStorage {
  finish: () => void = () => {};
  readonly #slow = new Promise<void>((resolve) => {
    this.finish = resolve;
  });

  override async commit(writes: readonly Write[]): Promise<void> {
    await this.#slow;
    await super.commit(writes);
  }
}

/** Whatever can go on without the storage has gone on when this resolves. */
const allElse = () => new Promise((resolve) => setImmediate(resolve));

describe('a store whose disk is slow', () => {
  it.each([
    ['a write', (store: CausalStore) => store.put('x', 1)],
    [
      "a peer's write",
      (store: CausalStore) => store.receive([{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }]),
    ],
  ])('neither acknowledges nor shows %s before it is stored', async (_what, act) => {
    const storage = new SlowStorage();
    const store = loneStore(storage);
    let acknowledged = false;
    const acting = act(store).then(() => {
      acknowledged = true;
    });
    await allElse();
    expect(acknowledged).toBe(false);
    expect((await store.get('x')).versions).toEqual([]);
    storage.finish();
    await acting;
    expect((await store.get('x')).versions).toMatchObject([{ value: 1 }]);
  });
});

/** Shows what it has stored before it counts it. */
class LateClockStorage extends MemoryStorage {
  override get clock() {
    return zeroClock;
  }
}

describe('a store that is asked in the middle of a commit', () => {
  it('gives a clock that covers the version it shows', async () => {
    const storage = new LateClockStorage();
    await storage.commit([{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }]);
    const { versions, vc } = await loneStore(storage).get('x');
    expect(versions).toHaveLength(1);
    expect(descends(vc, { b: 1 })).toBe(true);
  });
});

describe('a store that is to be filled from a snapshot', () => {
  it('takes in neither writes of clients nor of peers until it is', async () => {
    const store = loneStore();
    const theirs = [{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }];
    await store.pause();
    await expect(store.put('x', 1)).rejects.toThrow(BehindError);
    await expect(store.receive(theirs)).rejects.toThrow(InstallingError);
    expect(store.delivered).toEqual({});
    store.resume();
    await store.put('x', 1);
    expect(await store.receive(theirs)).toEqual(['applied']);
  });
});
