import { VirtualClock } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskSpace } from '../src/disk-space.ts';
import { DiskFullError } from '../src/storage/full-disk.ts';

/** A disk with so many free bytes, and transactions that need some of them. */
function smallDisk(free: number) {
  const clock = new VirtualClock();
  const disk = { free, attempts: 0, stored: [] as string[], changes: [] as boolean[], clock };
  const space = new DiskSpace({ scheduler: clock, freeBytes: async () => disk.free });
  space.subscribe((full) => disk.changes.push(full !== undefined));
  const store = (name: string, bytes: number) =>
    space.run(async () => {
      disk.attempts++;
      if (bytes > disk.free) throw new DiskFullError('no space left');
      disk.free -= bytes;
      disk.stored.push(name);
    });
  return { disk, space, store };
}

describe('DiskSpace', () => {
  it('repeats a transaction until there is room, and says meanwhile that the disk is full', async () => {
    const { disk, space, store } = smallDisk(10);
    const stored = store('large', 100);
    await disk.clock.advanceAsync(5_000);
    expect(space.full?.message).toBe('no space left');
    expect(disk.stored).toEqual([]);
    disk.free = 1_000;
    await disk.clock.advanceAsync(2_000);
    await stored;
    expect(space.full).toBeUndefined();
    expect(disk.changes).toEqual([true, false]);
  });

  it('attempts twice a minute while nothing changes on the disk', async () => {
    const { disk, store } = smallDisk(10);
    void store('large', 100);
    await disk.clock.advanceAsync(120_000);
    expect(disk.attempts).toBeLessThanOrEqual(5);
    expect(disk.attempts).toBeGreaterThanOrEqual(4);
  });

  it('tries again at once after another transaction has succeeded', async () => {
    const { disk, store } = smallDisk(10);
    const large = store('large', 100);
    await disk.clock.advanceAsync(3_000);
    await store('pruning', -500);
    await disk.clock.advanceAsync(0);
    await large;
    expect(disk.stored).toEqual(['pruning', 'large']);
  });

  it('stays full until every waiting transaction is stored', async () => {
    const { disk, space, store } = smallDisk(10);
    const waiting = [store('small', 20), store('large', 100)];
    await disk.clock.advanceAsync(1_000);
    disk.free = 30;
    await disk.clock.advanceAsync(3_000);
    expect(disk.stored).toEqual(['small']);
    expect(space.full).toBeDefined();
    disk.free = 500;
    await disk.clock.advanceAsync(3_000);
    await Promise.all(waiting);
    expect(space.full).toBeUndefined();
  });

  it('passes other errors on', async () => {
    const { space } = smallDisk(10);
    const failed = space.run(() => Promise.reject(new Error('input/output error')));
    await expect(failed).rejects.toThrow('input/output error');
    expect(space.full).toBeUndefined();
  });

  it('lets waiting transactions fail once it is stopped', async () => {
    const { disk, space, store } = smallDisk(10);
    const failed = expect(store('large', 100)).rejects.toThrow(DiskFullError);
    await disk.clock.advanceAsync(1_000);
    space.stop();
    await disk.clock.advanceAsync(0);
    await failed;
  });

  it('stores every transaction exactly once, however room comes and goes', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }),
        async (needs, room) => {
          const { disk, space, store } = smallDisk(20);
          const stored = needs.map((bytes, index) => store(String(index), bytes));
          for (const free of room) {
            disk.free = free;
            await disk.clock.advanceAsync(1_500);
          }
          disk.free = 1_000;
          await disk.clock.advanceAsync(60_000);
          await Promise.all(stored);
          expect([...disk.stored].sort()).toEqual(needs.map((_bytes, index) => String(index)).sort());
          expect(space.full).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });
});
