import { createLogger } from '@gridclock/service-kit/logger';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it, vi } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import { LogCompactor, type LogRetention } from '../../src/replication/log-compactor.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

const large = 'v'.repeat(1_000);

function compacted(retention: Partial<LogRetention>, stable: () => VectorClock, snapshotable = stable) {
  const storage = new MemoryStorage();
  const time = new VirtualClock();
  const compactor = new LogCompactor({
    storage,
    scheduler: time,
    forgetting: { mayReturn: () => false, allowed: () => ({}), request: async () => {} },
    logger: createLogger('node', 'silent'),
    logRetention: { writes: 1_000_000, bytes: 1e9, limitBytes: 1e9, ...retention },
    replicator: {
      stableClock: stable,
      settledClock: () => ({}),
      snapshotableClock: snapshotable,
      behind: () => ['node2'],
    },
  });
  let counter = 0;
  const overwrite = async (count: number) => {
    for (let index = 0; index < count; index++) {
      counter++;
      await storage.commit([{ sender: 'a', key: 'x', value: large, vc: { a: counter } }]);
      compactor.onCommitted();
    }
  };
  return { storage, time, overwrite };
}

describe('LogCompactor', () => {
  it('keeps pace with any rate of writes that every member has', async () => {
    const { storage, time, overwrite } = compacted({ writes: 10 }, () => storage.clock);
    await overwrite(20_000);
    await time.advanceAsync(2_000);
    expect(storage.pruned).toEqual({ a: 19_990 });
  });

  it('prunes once per round the few writes that are too many, although more follow meanwhile', async () => {
    const { storage, time, overwrite } = compacted({ writes: 10 }, () => storage.clock);
    const prune = vi.spyOn(storage, 'prune');
    prune.mockImplementation(async (upTo) => {
      if (prune.mock.calls.length < 100) await overwrite(1);
      await MemoryStorage.prototype.prune.call(storage, upTo);
    });
    await overwrite(30);
    await time.advanceAsync(2_000);
    expect(prune).toHaveBeenCalledTimes(1);
  });

  it('prunes overwritten values by their bytes, without waiting for the next regular round', async () => {
    const { storage, time, overwrite } = compacted({ bytes: 20_000 }, () => storage.clock);
    await overwrite(100);
    await time.advanceAsync(150);
    expect(storage.logBytes).toBeLessThanOrEqual(20_000);
    expect(storage.logBytes).toBeGreaterThan(15_000);
  });

  it('keeps what an absent member needs, up to the limit in bytes', async () => {
    const { storage, time, overwrite } = compacted(
      { bytes: 5_000, limitBytes: 40_000 },
      () => ({}),
      () => storage.clock,
    );
    await overwrite(30);
    await time.advanceAsync(5_000);
    expect(storage.pruned).toEqual({});
    await overwrite(100);
    await time.advanceAsync(150);
    expect(storage.logBytes).toBeLessThanOrEqual(40_000);
    expect(storage.logBytes).toBeGreaterThan(30_000);
  });

  it('keeps the log beyond its limit for a member that cannot fetch snapshots', async () => {
    const { storage, time, overwrite } = compacted({ bytes: 5_000, limitBytes: 10_000 }, () => ({}));
    await overwrite(50);
    await time.advanceAsync(5_000);
    expect(storage.pruned).toEqual({});
  });
});
