import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../src/virtual-clock.ts';

/** Short, so that many timers of a property share a due time. */
const LONGEST_DELAY_MS = 3;

describe('VirtualClock', () => {
  it('fires every timer at its own time', () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    for (const delayMs of [30, 10, 20]) clock.after(delayMs, () => fired.push(clock.now()));
    clock.advance(25);
    expect(fired).toEqual([10, 20]);
    expect(clock.now()).toBe(25);
    clock.advance(5);
    expect(fired).toEqual([10, 20, 30]);
  });

  it('fires timers due at the same time in the order in which they were set', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    for (const name of ['a', 'b', 'c']) clock.after(10, () => fired.push(name));
    clock.advance(10);
    expect(fired).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, (clock: VirtualClock) => void | Promise<void>]>([
    ['advance', (clock) => clock.advance(LONGEST_DELAY_MS)],
    ['advanceAsync', (clock) => clock.advanceAsync(LONGEST_DELAY_MS)],
    ['runAll', (clock) => clock.runAll()],
  ])('loses no timer and keeps the order of those due at the same time with %s', async (_name, run) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: LONGEST_DELAY_MS })), async (delays) => {
        const clock = new VirtualClock();
        const timers = delays.map((delayMs, index) => ({ delayMs, index }));
        const fired: { delayMs: number; index: number; at: number }[] = [];
        for (const timer of timers) {
          clock.after(timer.delayMs, () => fired.push({ ...timer, at: clock.now() }));
        }
        await run(clock);
        const inOrder = timers.toSorted((a, b) => a.delayMs - b.delayMs || a.index - b.index);
        expect(fired).toEqual(inOrder.map((timer) => ({ ...timer, at: timer.delayMs })));
      }),
    );
  });

  it('does not fire a cancelled timer', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const cancel = clock.after(10, () => fired.push('cancelled'));
    clock.after(5, cancel);
    clock.advance(20);
    expect(fired).toEqual([]);
  });

  it('runs promise callbacks between timers with advanceAsync', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    clock.after(10, () => {
      void Promise.resolve().then(() => clock.after(10, () => fired.push(clock.now())));
    });
    await clock.advanceAsync(30);
    expect(fired).toEqual([20]);
  });

  it('fires timers set by other timers with runAll', () => {
    const clock = new VirtualClock();
    clock.after(1_000, () => clock.after(1_000, () => {}));
    clock.runAll();
    expect(clock.now()).toBe(2_000);
  });
});
