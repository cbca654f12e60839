import { describe, expect, it } from 'vitest';
import { type Comparison, type Contender, compareRouting } from '../../simulation/compare.ts';
import { formatConclusion, formatTableGroup, formatTableHeader } from '../../simulation/table.ts';

const threeSubstations = { substations: 3, runs: 60, durationMs: 60_000, maxHops: 10 };

const byContender = (group: readonly Comparison[] | undefined) =>
  new Map(group?.map(({ contender, shareOfBound }) => [contender, shareOfBound]));

describe('routing on three substations at about twice their capacity', () => {
  const [small, mixed, peaks] = [...compareRouting(threeSubstations, 'even', 1)].map(byContender);

  it('accepts at least 0.92 of the bound with least-load, requests of 7 to 22 kW', () => {
    expect(small?.get('least-load')).toBeGreaterThanOrEqual(0.92);
  });

  it('accepts at least 0.85 of the bound with best-fit, requests of 7 to 150 kW', () => {
    expect(mixed?.get('best-fit')).toBeGreaterThanOrEqual(0.85);
  });

  it('accepts more than the original with every policy and traffic', () => {
    for (const group of [small, mixed, peaks]) {
      const { original = Number.NaN, ...policies } = Object.fromEntries(group ?? []);
      for (const share of Object.values(policies)) expect(share).toBeGreaterThan(original);
    }
  });

  it('accepts most with best-fit, whatever the traffic', () => {
    for (const group of [small, mixed, peaks]) {
      expect(group?.get('best-fit')).toBe(Math.max(...(group?.values() ?? [])));
    }
  });
});

describe('a comparison', () => {
  const short = { substations: 3, runs: 1, durationMs: 10_000, maxHops: 10 };

  it('is the same for the same seed', () => {
    expect([...compareRouting(short, 'even', 5)]).toEqual([...compareRouting(short, 'even', 5)]);
    expect([...compareRouting(short, 'even', 5)]).not.toEqual([...compareRouting(short, 'even', 6)]);
  });

  it('gives every contender the same requests', () => {
    for (const group of compareRouting(short, 'by-priority', 1)) {
      expect(new Set(group.map(({ requests }) => requests)).size).toBe(1);
    }
  });
});

describe('the table of a comparison', () => {
  const one = (contender: Contender, shareOfBound: number): Comparison => ({
    substations: 3,
    traffic: '7 to 22 kW',
    contender,
    requests: 1_000,
    shareOfBound,
    shareRejected: 0.405,
    hopsPerRequest: 1.9,
    utilizationSpread: 0.06,
  });

  it('shows each contender and marks the most accepted load', () => {
    const group = [one('least-load', 0.94), one('best-fit', 0.943)];
    expect(`\n${formatTableHeader()}\n${formatTableGroup(group)}\n`).toBe(`
  policy               accepted / bound   rejected      utilisation spread   hops / request
-------------------------------------------------------------------------------------------

3 substations, 7 to 22 kW, 1000 requests
  least-load                    0.940       40.5 %              6.0 points             1.90
  best-fit                      0.943 *     40.5 %              6.0 points             1.90
`);
  });

  it('names the policies that beat the default in every group', () => {
    const groups = [
      [one('least-load', 0.94), one('best-fit', 0.95), one('random', 0.93)],
      [one('least-load', 0.8), one('best-fit', 0.9), one('random', 0.9)],
    ];
    expect(formatConclusion(groups)).toBe(
      'best-fit accepts more than least-load in every group, by 1.0 to 10.0 % of the bound.',
    );
    expect(formatConclusion([[one('least-load', 0.9), one('random', 0.9)]])).toBe(
      'No policy accepts more than least-load in every group.',
    );
  });
});
