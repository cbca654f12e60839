import { describe, expect, it } from 'vitest';
import { selectorsOf } from './promql.ts';

describe('selectorsOf', () => {
  it('finds each metric with its matchers and enclosing functions', () => {
    expect(selectorsOf('sum by (job) (rate(a_total{job=~"$job"}[1m])) / max(b)')).toEqual([
      { metric: 'a_total', matchers: ['job=~"$job"'], functions: ['rate', 'sum'] },
      { metric: 'b', matchers: [], functions: ['max'] },
    ]);
  });

  it('rejects an invalid expression', () => {
    expect(() => selectorsOf('sum(rate(a_total[1m])')).toThrow(SyntaxError);
  });
});
