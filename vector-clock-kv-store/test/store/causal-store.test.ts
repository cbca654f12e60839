import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { descends, zeroClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { CausalStore } from '../../src/store/causal-store.ts';
import { BehindError } from '../../src/store/session-gate.ts';
import { InstallingError } from '../../src/store/write-gate.ts';
import { createStore } from '../support/create-store.ts';

/** Stores nothing until the test calls `finish`. */
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

/** Resolves once everything that does not wait for the storage has run. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

describe('CausalStore with a slow disk', () => {
  it.each([
    ['a write', (store: CausalStore) => store.put('x', 1)],
    [
      "a peer's write",
      (store: CausalStore) => store.receive([{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }]),
    ],
  ])('neither acknowledges nor shows %s before it is stored', async (_what, act) => {
    const storage = new SlowStorage();
    const store = createStore({ storage });
    let acknowledged = false;
    const acting = act(store).then(() => {
      acknowledged = true;
    });
    await idle();
    expect(acknowledged).toBe(false);
    expect((await store.get('x')).versions).toEqual([]);
    storage.finish();
    await acting;
    expect((await store.get('x')).versions).toMatchObject([{ value: 1 }]);
  });
});

/** Shows versions that its clock does not count yet. */
class LateClockStorage extends MemoryStorage {
  override get clock() {
    return zeroClock;
  }
}

describe('CausalStore during a commit', () => {
  it('returns a clock that includes the versions it returns', async () => {
    const storage = new LateClockStorage();
    await storage.commit([{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }]);
    const { versions, vc } = await createStore({ storage }).get('x');
    expect(versions).toHaveLength(1);
    expect(descends(vc, { b: 1 })).toBe(true);
  });
});

describe('CausalStore before it installs a snapshot', () => {
  it('accepts writes of neither clients nor peers', async () => {
    const store = createStore();
    const theirs = [{ sender: 'b', key: 'x', value: 1, vc: { b: 1 } }];
    await store.pause();
    await expect(store.put('x', 1)).rejects.toThrow(InstallingError);
    await expect(store.receive(theirs)).rejects.toThrow(InstallingError);
    expect(store.delivered).toEqual({});
    store.resume();
    await store.put('x', 1);
    expect(await store.receive(theirs)).toEqual(['applied']);
  });
});

describe('CausalStore with a snapshot that is newer than its clock', () => {
  it('serves nothing before the rest has arrived, and says so', async () => {
    const storage = new MemoryStorage();
    await storage.beginInstall();
    await storage.stage([['x', [{ sender: 'b', value: 2, vc: { b: 2 } }]]]);
    await storage.installStaged({ b: 1 }, { b: 2 });
    const time = new VirtualClock();
    const store = createStore({ storage, scheduler: time });
    const reading = [1, 2].map((b) => store.get('x', { context: { b }, waitMs: 100 }));
    const refused = Promise.allSettled(reading);
    time.advance(100);
    expect((await refused).map((result) => result.status === 'rejected' && result.reason)).toEqual([
      expect.any(InstallingError),
      expect.any(BehindError),
    ]);
    await store.receive([{ sender: 'b', key: 'x', value: 2, vc: { b: 2 } }]);
    expect((await store.get('x')).versions).toMatchObject([{ value: 2 }]);
  });
});
