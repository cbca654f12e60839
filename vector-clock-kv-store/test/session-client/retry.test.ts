import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pause, pauseMs } from '../../src/session-client/retry.ts';

const policy = { rounds: 9, firstMs: 100, longestMs: 1_000 };

describe('the pause before a retry', () => {
  it('doubles its limit up to the longest, and is random below it', () => {
    const longest = [1, 2, 3, 4, 5].map((round) => pauseMs({ policy, round, random: () => 1 }));
    expect(longest).toEqual([100, 200, 400, 800, 1_000]);
    expect(pauseMs({ policy, round: 5, random: () => 0 })).toBe(0);
  });

  it('adds what a server asks for, at most the longest pause', () => {
    expect(pauseMs({ policy, round: 1, retryAfterMs: 500, random: () => 0.5 })).toBe(550);
    expect(pauseMs({ policy, round: 1, retryAfterMs: 86_400_000, random: () => 0 })).toBe(1_000);
  });

  it('is never longer than twice the longest', () => {
    const fractions = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.nat(),
        fractions,
        (round, retryAfterMs, fraction) => {
          const ms = pauseMs({ policy, round, retryAfterMs, random: () => fraction });
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(2 * policy.longestMs);
        },
      ),
    );
  });

  it('ends with the reason of a signal, also of one that had aborted before', async () => {
    const controller = new AbortController();
    const paused = pause(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(paused).rejects.toThrow('enough');
    await expect(pause(60_000, controller.signal)).rejects.toThrow('enough');
  });
});
