import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, dueAfter, MOST_PER_S, MOST_SECONDS, priorityOf } from '../../live_page/rush.ts';

const mix = { high: 20, normal: 50, low: 30 };

describe('a rush hour of the live page', () => {
  it('stays within its limits, whatever is typed', () => {
    const figure = fc.double();
    fc.assert(
      fc.property(figure, figure, figure, figure, (ratePerS, seconds, largestKw, high) => {
        const rush = bounded({ ratePerS, seconds, largestKw, mix: { ...mix, high } });
        expect(dueAfter(rush, Number.MAX_VALUE, 0)).toBeLessThanOrEqual(MOST_PER_S * MOST_SECONDS);
        expect(rush.largestKw).toBeGreaterThan(0);
        expect(rush.mix.high).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('sends at its rate and stops by itself', () => {
    const rush = { ratePerS: 10, seconds: 3, largestKw: 22, mix };
    expect(dueAfter(rush, 1_000, 0)).toBe(10);
    expect(dueAfter(rush, 1_000, 10)).toBe(0);
    expect(dueAfter(rush, 60_000, 10)).toBe(20);
    expect(dueAfter(rush, 60_000, 30)).toBe(0);
  });

  it('chooses priorities by their shares', () => {
    expect([0, 0.19, 0.2, 0.69, 0.7, 0.99].map((random) => priorityOf(mix, random))).toEqual([
      'high',
      'high',
      'normal',
      'normal',
      'low',
      'low',
    ]);
    expect(priorityOf({ high: 0, normal: 0, low: 0 }, 0.5)).toBe('normal');
  });
});
