import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRounds } from '../../../load_balancer/routing/rounds.ts';

describe('the numbers of rounds', () => {
  it('only ever grow, even while the clock stands still or goes back', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const moments = fc.array(fc.record({ now: fc.integer({ min: 0, max: 5 }), chance }), { minLength: 2 });
    fc.assert(
      fc.property(moments, (drawn) => {
        let moment = { now: 0, chance: 0 };
        const nextRound = createRounds(
          () => moment.now,
          () => moment.chance,
        );
        const rounds = drawn.map((one) => {
          moment = one;
          return nextRound();
        });
        expect(rounds).toEqual([...new Set(rounds)].sort((a, b) => a - b));
      }),
    );
  });

  it('go on above those of a process that ended before', () => {
    const first = createRounds(
      () => 1_000,
      () => 0.999,
    )();
    const second = createRounds(
      () => 1_001,
      () => 0,
    )();
    expect(second).toBeGreaterThan(first);
    expect(Number.isSafeInteger(createRounds(Date.now, Math.random)())).toBe(true);
  });
});
