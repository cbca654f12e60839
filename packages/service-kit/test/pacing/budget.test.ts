import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, OverBudgetError } from '../../src/pacing/budget.ts';

describe('Budget', () => {
  it('refuses more than its bytes or its count, naming itself, until some are given back', () => {
    const budget = new Budget('waiting', { count: 2, bytes: 100 });
    const release = budget.take(60);
    expect(() => budget.take(50)).toThrow(new OverBudgetError('waiting', { count: 2, bytes: 100 }));
    budget.take(40);
    expect(() => budget.take(0)).toThrow('waiting');
    release();
    release();
    expect(budget.bytes).toBe(40);
    expect(() => budget.take(60)).not.toThrow();
  });

  it('takes anything while nothing is held', () => {
    const budget = new Budget('waiting', { count: 0, bytes: 0 });
    expect(budget.fits(1_000)).toBe(true);
  });

  it('never holds more than its limits, and is empty once everything is given back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.boolean())), (steps) => {
        const budget = new Budget('waiting', { count: 4, bytes: 100 });
        const held: (() => void)[] = [];
        for (const [bytes, release] of steps) {
          if (release) held.shift()?.();
          else if (budget.fits(bytes)) held.push(budget.take(bytes));
          expect(held.length).toBeLessThanOrEqual(4);
          expect(budget.bytes).toBeLessThanOrEqual(100);
        }
        for (const release of held) release();
        expect(budget.bytes).toBe(0);
      }),
    );
  });
});
