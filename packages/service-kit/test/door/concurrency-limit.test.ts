import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from '../../src/door/concurrency-limit.ts';

const options = { floor: 10, start: 100, ceiling: 1_000, targetMs: 25, windowMs: 100 };

/** Plays windows in which every request has the delay that a limit causes. Returns the limit at their end. */
function play(
  limit: ConcurrencyLimit,
  windows: number,
  delayMs: (limit: number) => number,
  refuses = true,
): number {
  for (let window = 0; window < windows; window++) {
    limit.started(delayMs(limit.current), window * 1_000);
    if (refuses) limit.refused(window * 1_000 + 50);
    limit.started(delayMs(limit.current), window * 1_000 + 100);
  }
  return limit.current;
}

describe('ConcurrencyLimit', () => {
  it('settles where requests wait as long as they should', () => {
    // Each request in progress delays the others by 0.1 ms.
    const settled = play(new ConcurrencyLimit(options), 100, (limit) => limit * 0.1);
    expect(settled).toBeGreaterThan(200);
    expect(settled).toBeLessThan(280);
  });

  it('rises while requests wait for others than this process', () => {
    expect(play(new ConcurrencyLimit(options), 100, () => 0)).toBe(options.ceiling);
  });

  it('falls to the floor while the process is too slow even there', () => {
    expect(play(new ConcurrencyLimit(options), 20, () => 1_000)).toBe(options.floor);
  });

  it('returns to the start once no request is refused, and not above it', () => {
    const limit = new ConcurrencyLimit(options);
    play(limit, 20, () => 1_000);
    expect(play(limit, 30, () => 0, false)).toBe(options.start);
    expect(play(limit, 30, () => 0, false)).toBe(options.start);
  });

  it('is halved at most by one window', () => {
    const limit = new ConcurrencyLimit(options);
    expect(play(limit, 1, () => 60_000)).toBe(options.start / 2);
  });

  it('stays within its bounds whatever it observes', () => {
    const event = fc.record({
      pauseMs: fc.integer({ min: 0, max: 500 }),
      delayMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const limit = new ConcurrencyLimit(options);
        let now = 0;
        for (const { pauseMs, delayMs } of events) {
          now += pauseMs;
          if (delayMs === undefined) limit.refused(now);
          else limit.started(delayMs, now);
          expect(limit.current).toBeGreaterThanOrEqual(options.floor);
          expect(limit.current).toBeLessThanOrEqual(options.ceiling);
        }
      }),
    );
  });

  it('comes near its target from every state, whatever a request costs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0.03, max: 2, noNaN: true }),
        (before, costMs) => {
          const limit = new ConcurrencyLimit(options);
          play(limit, before, () => before * 2);
          const delayMs = play(limit, 100, (current) => current * costMs) * costMs;
          expect(delayMs).toBeGreaterThan(options.targetMs * 0.85);
          expect(delayMs).toBeLessThan(options.targetMs * 1.15);
        },
      ),
    );
  });
});
