import { describe, expect, it } from 'vitest';
import { CausalStore } from '../src/causal-store.ts';
import type { Write } from '../src/causality/write.ts';
import { VirtualTime } from '../src/simulation/virtual-time.ts';
import { MemoryStorage } from '../src/storage/memory-storage.ts';

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
    const time = new VirtualTime();
    const store = new CausalStore({
      id: 'a',
      storage,
      scheduler: time,
      bufferCapacity: 10,
      onCommitted() {},
      onFailure(error) {
        throw error;
      },
      wallClock: () => 0,
      observers: [],
    });
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
