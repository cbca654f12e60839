import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RETRY_BUDGET, RetryBudget } from '../../src/outbound/retry-budget.ts';

describe('RetryBudget', () => {
  it('allows a share of the requests and a few retries without any', () => {
    const budget = new RetryBudget({ share: 0.2, minPerS: 1, now: () => 0 });
    for (let request = 0; request < 100; request += 1) budget.request();
    const retries = Array.from({ length: 50 }, () => budget.tryRetry());
    expect(retries.filter(Boolean)).toHaveLength(30);
  });

  it('forgets requests and retries after ten seconds', () => {
    let now = 0;
    const budget = new RetryBudget({ share: 0, minPerS: 0.1, now: () => now });
    expect([budget.tryRetry(), budget.tryRetry()]).toEqual([true, false]);
    now = 9_999;
    expect(budget.tryRetry()).toBe(false);
    now = 10_000;
    expect(budget.tryRetry()).toBe(true);
  });

  it('never allows more in any ten seconds than the share and the minimum', () => {
    const step = fc.record({ afterMs: fc.nat(3_000), requests: fc.nat(30), retries: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let now = 0;
        const budget = new RetryBudget({ ...RETRY_BUDGET, now: () => now });
        const requests: number[] = [];
        const retries: number[] = [];
        const recent = (times: number[]) =>
          times.filter((time) => Math.floor(time / 1_000) > Math.floor(now / 1_000) - 10).length;
        for (const step of steps) {
          now += step.afterMs;
          for (let index = 0; index < step.requests; index += 1) {
            budget.request();
            requests.push(now);
          }
          for (let index = 0; index < step.retries; index += 1) {
            if (!budget.tryRetry()) continue;
            retries.push(now);
            expect(recent(retries)).toBeLessThanOrEqual(0.2 * recent(requests) + 10);
          }
        }
      }),
    );
  });
});
