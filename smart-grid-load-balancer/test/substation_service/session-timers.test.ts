import { describe, expect, it } from 'vitest';
import { serveSubstation } from '../support/substation-app.ts';

const charge = { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' } as const;

function startDrain(limitMs: number) {
  const { clock, timers } = serveSubstation();
  timers.charge(charge);
  let drained = false;
  void timers.drain(limitMs).then(() => {
    drained = true;
  });
  return { clock, timers, isDrained: () => drained };
}

describe('draining', () => {
  it('resolves once the last session has ended', async () => {
    const { clock, isDrained } = startDrain(60_000);
    await clock.advanceAsync(9_999);
    expect(isDrained()).toBe(false);
    await clock.advanceAsync(1);
    expect(isDrained()).toBe(true);
  });

  it('resolves once the last session is stopped', async () => {
    const { clock, isDrained, timers } = startDrain(60_000);
    timers.stop('s1~1');
    await clock.advanceAsync(0);
    expect(isDrained()).toBe(true);
  });

  it('gives up after its limit', async () => {
    const { clock, isDrained, timers } = startDrain(1_000);
    await clock.advanceAsync(1_000);
    expect(isDrained()).toBe(true);
    expect(timers.substation.activeSessions).toBe(1);
  });

  it('resolves at once without sessions', async () => {
    const { timers } = serveSubstation();
    await timers.drain(60_000);
    expect(timers.charge(charge)).toEqual({ kind: 'draining' });
  });
});
