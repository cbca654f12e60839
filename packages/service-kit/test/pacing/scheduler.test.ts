import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { repeat, sleep } from '../../src/pacing/scheduler.ts';

describe('sleep', () => {
  it('resolves after its time', async () => {
    const clock = new VirtualClock();
    const wokenAt = sleep(clock, 100).then(clock.now);
    await clock.advanceAsync(250);
    expect(await wokenAt).toBe(100);
  });

  it('resolves as soon as the signal aborts', async () => {
    const stop = new AbortController();
    const sleeping = sleep(new VirtualClock(), 100, stop.signal);
    stop.abort();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(sleep(new VirtualClock(), 100, stop.signal)).resolves.toBeUndefined();
  });
});

describe('repeat', () => {
  it('runs its action once per interval until it is stopped', () => {
    const clock = new VirtualClock();
    const runs: number[] = [];
    const stop = repeat(clock, 100, () => runs.push(clock.now()));
    clock.advance(350);
    stop();
    clock.advance(1_000);
    expect(runs).toEqual([100, 200, 300]);
  });
});
