import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { DiskSpace } from '../../src/disk-space.ts';
import { DiskFullError } from '../../src/storage/full-disk.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { createStore } from '../support/create-store.ts';

/** Stores in memory, but rejects every commit while it is full. */
class SmallStorage extends MemoryStorage {
  full = false;
  readonly space: DiskSpace;

  constructor(clock: VirtualClock) {
    super();
    this.space = new DiskSpace({ scheduler: clock, freeBytes: async () => (this.full ? 0 : 1) });
  }

  override commit(writes: readonly Write[]): Promise<void> {
    return this.space.run(async () => {
      if (this.full) throw new DiskFullError('the disk is full');
      await super.commit(writes);
    });
  }
}

function storeOnSmallDisk() {
  const clock = new VirtualClock();
  const storage = new SmallStorage(clock);
  const committed: Write[] = [];
  const store = createStore({
    storage,
    disk: storage.space,
    scheduler: clock,
    onCommitted: (writes) => committed.push(...writes),
  });
  return { clock, storage, store, committed };
}

const theirs: Write = { sender: 'b', key: 'y', value: 1, vc: { b: 1 } };

describe('CausalStore on a full disk', () => {
  it('rejects the write that found the disk full, and stores it once there is room', async () => {
    const { clock, storage, store, committed } = storeOnSmallDisk();
    await store.put('x', 1);
    storage.full = true;
    await expect(store.put('x', 2)).rejects.toThrow(DiskFullError);
    expect((await store.get('x')).versions).toMatchObject([{ value: 1 }]);
    expect(store.clock).toEqual({ a: 1 });
    storage.full = false;
    await clock.advanceAsync(3_000);
    expect((await store.get('x')).versions).toMatchObject([{ value: 2 }]);
    expect(committed.map(({ vc }) => vc)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('counts no write while it is full, and gives the next one the next number', async () => {
    const { clock, storage, store } = storeOnSmallDisk();
    storage.full = true;
    await expect(store.put('x', 1)).rejects.toThrow(DiskFullError);
    await expect(store.put('x', 'refused')).rejects.toThrow(DiskFullError);
    await expect(store.receive([theirs])).rejects.toThrow(DiskFullError);
    expect(store.delivered).toEqual({ a: 1 });
    storage.full = false;
    await clock.advanceAsync(3_000);
    expect(await store.receive([theirs])).toEqual(['applied']);
    expect(await store.put('x', 3)).toEqual({ a: 2, b: 1 });
  });

  it("does not acknowledge a peer's write that it has not stored", async () => {
    const { clock, storage, store } = storeOnSmallDisk();
    storage.full = true;
    await expect(store.receive([theirs])).rejects.toThrow(DiskFullError);
    // The peer sends it again: it is counted in memory, but still not stored.
    await expect(store.receive([theirs])).rejects.toThrow(DiskFullError);
    storage.full = false;
    await clock.advanceAsync(3_000);
    expect(await store.receive([theirs])).toEqual(['duplicate']);
    expect(store.clock).toEqual({ b: 1 });
  });

  it('also rejects the writes that waited behind the one that found the disk full', async () => {
    const { clock, storage, store } = storeOnSmallDisk();
    storage.full = true;
    const results = await Promise.allSettled([store.put('x', 1), store.put('y', 2), store.receive([theirs])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    storage.full = false;
    await clock.advanceAsync(3_000);
    expect(store.clock).toEqual({ a: 2, b: 1 });
  });

  it('closes without the writes that wait for room', async () => {
    const { clock, storage, store } = storeOnSmallDisk();
    storage.full = true;
    await expect(store.put('x', 1)).rejects.toThrow(DiskFullError);
    storage.space.stop();
    await clock.advanceAsync(0);
    await store.close();
    expect(store.clock).toEqual({});
  });
});
