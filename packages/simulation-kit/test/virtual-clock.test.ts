import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../src/virtual-clock.ts';

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
