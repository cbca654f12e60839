import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoundNumbers } from '../../../load_balancer/routing/dispatch-round.ts';

describe('createRoundNumbers', () => {
  it('increases with every call, even while the clock stops or goes back', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const moments = fc.array(fc.record({ now: fc.integer({ min: 0, max: 5 }), chance }), { minLength: 2 });
    fc.assert(
      fc.property(moments, (drawn) => {
        let moment = { now: 0, chance: 0 };
        const nextRound = createRoundNumbers(
          () => moment.now,
          () => moment.chance,
        );
        const rounds = drawn.map((next) => {
          moment = next;
          return nextRound();
        });
        expect(rounds).toEqual([...new Set(rounds)].sort((a, b) => a - b));
      }),
    );
  });

  it('continues above the numbers of an earlier process', () => {
    const first = createRoundNumbers(
      () => 1_000,
      () => 0.999,
    )();
    const second = createRoundNumbers(
      () => 1_001,
      () => 0,
    )();
    expect(second).toBeGreaterThan(first);
    expect(Number.isSafeInteger(createRoundNumbers(Date.now, Math.random)())).toBe(true);
  });
});
