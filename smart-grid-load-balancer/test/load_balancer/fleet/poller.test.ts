import { VirtualClock } from '@gridclock/simulation-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { Poller } from '../../../load_balancer/fleet/poller.ts';

const INTERVAL_MS = 1_000;

let stop = () => {};
afterEach(() => stop());

/** Polls one substation that takes so many milliseconds to answer; the times at which it was asked. */
function poll({ answersAfterMs = 0, chance = 0.5 }) {
  const clock = new VirtualClock();
  const askedAt: number[] = [];
  const poller = new Poller({
    async report() {
      askedAt.push(clock.now());
      if (answersAfterMs > 0) await new Promise<void>((resolve) => clock.after(answersAfterMs, resolve));
      return { load: 0, capacity: 100, name: undefined };
    },
    onReport: () => {},
    onFailure: () => {},
    intervalMs: INTERVAL_MS,
    clock,
    random: () => chance,
  });
  poller.start({ id: 'a', url: 'http://a' });
  stop = () => poller.stopAll();
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      clock.advance(50);
    }
  };
  return { askedAt, pass };
}

describe('polls of one substation', () => {
  it.each([
    [0, 900],
    [0.5, 1_000],
    [1, 1_100],
  ])('keep out of step with others: by chance %d they are %d ms apart', async (chance, apartMs) => {
    const { askedAt, pass } = poll({ chance });
    await pass(2_500);
    expect(askedAt).toEqual([0, apartMs, 2 * apartMs]);
  });

  it('are no rarer when its answers take time', async () => {
    const { askedAt, pass } = poll({ answersAfterMs: 400 });
    await pass(2_500);
    expect(askedAt).toEqual([0, 1_000, 2_000]);
  });
});
