import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { ConditionWaiters } from '../src/condition-waiters.ts';

describe('ConditionWaiters', () => {
  it('resolves at once if the condition holds', async () => {
    expect(await new ConditionWaiters(new VirtualClock()).wait(() => true, 1_000)).toBe(true);
  });

  it('resolves to true when a recheck finds that the condition holds', async () => {
    const waiters = new ConditionWaiters(new VirtualClock());
    let value = 0;
    const low = waiters.wait(() => value >= 1, 1_000);
    const high = waiters.wait(() => value >= 2, 1_000);
    let highSettled = false;
    void high.then(() => {
      highSettled = true;
    });
    value = 1;
    waiters.recheck();
    expect(await low).toBe(true);
    expect(highSettled).toBe(false);
    value = 2;
    waiters.recheck();
    expect(await high).toBe(true);
  });

  it('resolves to false after the limit', async () => {
    const time = new VirtualClock();
    const waiting = new ConditionWaiters(time).wait(() => false, 1_000);
    let settled = false;
    void waiting.then(() => {
      settled = true;
    });
    await time.advanceAsync(999);
    expect(settled).toBe(false);
    await time.advanceAsync(1);
    expect(await waiting).toBe(false);
  });
});
