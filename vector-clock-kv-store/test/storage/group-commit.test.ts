import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { GroupCommit } from '../../src/storage/group-commit.ts';

/** A disk on which each flush completes when the test says so. */
function slowDisk() {
  const flushes: { writes: readonly Write[]; finish: () => void; fail: (error: Error) => void }[] = [];
  return {
    flushes,
    commit: (writes: readonly Write[]) =>
      new Promise<void>((finish, fail) => {
        flushes.push({ writes, finish, fail });
      }),
  };
}

const write = (counter: number): Write => ({ sender: 'a', key: 'k', value: counter, vc: { a: counter } });
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('commits the writes that arrive during a flush together, in order', async () => {
    const disk = slowDisk();
    const committed: Write[] = [];
    const commits = new GroupCommit(
      disk,
      (writes) => committed.push(...writes),
      () => 0,
    );
    const acknowledged: number[] = [];
    const add = (counter: number) => commits.add([write(counter)]).then(() => acknowledged.push(counter));
    const first = add(1);
    await settle();
    const others = [add(2), add(3), add(4)];
    await settle();
    expect(disk.flushes).toHaveLength(1);
    expect(acknowledged).toEqual([]);
    disk.flushes[0]?.finish();
    await first;
    await settle();
    expect(disk.flushes.map(({ writes }) => writes.length)).toEqual([1, 3]);
    expect(acknowledged).toEqual([1]);
    disk.flushes[1]?.finish();
    await Promise.all(others);
    expect(committed.map(({ value }) => value)).toEqual([1, 2, 3, 4]);
  });

  it('commits large writes in parts, in order, and acknowledges each call after its last part', async () => {
    const disk = slowDisk();
    const commits = new GroupCommit(
      disk,
      () => {},
      () => 0,
    );
    const megabytes = (...counters: number[]) =>
      counters.map((counter) => ({ ...write(counter), value: 'v'.repeat(1_000_000) }));
    const acknowledged: string[] = [];
    const calls = [
      commits.add([write(1)]).then(() => acknowledged.push('first')),
      commits.add(megabytes(2, 3, 4, 5, 6)).then(() => acknowledged.push('large')),
      commits.add(megabytes(7, 8)).then(() => acknowledged.push('last')),
    ];
    for (let flush = 0; flush < 2; flush++) {
      await settle();
      expect(disk.flushes).toHaveLength(flush + 1);
      disk.flushes[flush]?.finish();
    }
    await Promise.all(calls);
    expect(disk.flushes.map(({ writes }) => writes.map(({ vc }) => vc.a))).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8],
    ]);
    expect(acknowledged).toEqual(['first', 'large', 'last']);
  });

  it('commits a write that is added at any moment while a commit ends', async () => {
    for (let microtasks = 0; microtasks < 12; microtasks++) {
      const disk = slowDisk();
      const commits = new GroupCommit(
        disk,
        () => {},
        () => 0,
      );
      const first = commits.add([write(1)]);
      await settle();
      disk.flushes[0]?.finish();
      for (let left = microtasks; left > 0; left--) await undefined;
      const second = commits.add([write(2)]);
      await settle();
      expect(disk.flushes, `after ${microtasks} microtasks`).toHaveLength(2);
      let settled = false;
      void commits.settled().then(() => {
        settled = true;
      });
      await settle();
      expect(settled).toBe(false);
      disk.flushes[1]?.finish();
      await Promise.all([first, second]);
    }
  });

  it('rejects unstored writes, and stores nothing after a failure', async () => {
    const disk = slowDisk();
    const commits = new GroupCommit(
      disk,
      () => {},
      () => 0,
    );
    const first = commits.add([write(1)]);
    await settle();
    disk.flushes[0]?.fail(new Error('disk full'));
    await expect(first).rejects.toThrow('disk full');
    await expect(commits.add([write(2)])).rejects.toThrow('disk full');
    expect(disk.flushes).toHaveLength(1);
  });

  it('measures the duration of each commit', async () => {
    const disk = slowDisk();
    let now = 1_000;
    const took: number[] = [];
    const commits = new GroupCommit(
      disk,
      (_writes, tookMs) => took.push(tookMs),
      () => now,
    );
    const stored = commits.add([write(1)]);
    await settle();
    now += 40;
    disk.flushes[0]?.finish();
    await stored;
    expect(took).toEqual([40]);
  });
});
