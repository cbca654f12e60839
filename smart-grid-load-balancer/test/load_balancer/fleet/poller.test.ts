import { VirtualClock } from '@gridclock/simulation-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { Poller } from '../../../load_balancer/fleet/poller.ts';

const INTERVAL_MS = 1_000;

let stop = () => {};
afterEach(() => stop());

/** Polls one substation with the given response time, and records when each poll started. */
function poll({ respondsAfterMs = 0, chance = 0.5 }) {
  const clock = new VirtualClock();
  const polledAt: number[] = [];
  const poller = new Poller({
    async report() {
      polledAt.push(clock.now());
      if (respondsAfterMs > 0) await new Promise<void>((resolve) => clock.after(respondsAfterMs, resolve));
      return { load: 0, capacity: 100, name: undefined };
    },
    onReport: () => {},
    onFailure: () => {},
    intervalMs: INTERVAL_MS,
    scheduler: clock,
    random: () => chance,
  });
  poller.start({ id: 'a', url: 'http://a' });
  stop = () => poller.stopAll();
  return { polledAt, clock };
}

describe('Poller', () => {
  it.each([
    [0, 900],
    [0.5, 1_000],
    [1, 1_100],
  ])('varies the interval: a random number of %d makes it %d ms', async (chance, apartMs) => {
    const { polledAt, clock } = poll({ chance });
    await clock.advanceAsync(2_500);
    expect(polledAt).toEqual([0, apartMs, 2 * apartMs]);
  });

  it('keeps the interval when responses take time', async () => {
    const { polledAt, clock } = poll({ respondsAfterMs: 400 });
    await clock.advanceAsync(2_500);
    expect(polledAt).toEqual([0, 1_000, 2_000]);
  });
});
