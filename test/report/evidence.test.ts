import { describe, expect, it } from 'vitest';
import { fairnessOf } from '../../scripts/report/evidence/fairness.ts';
import { replayArrivals } from '../../scripts/report/evidence/replay.ts';
import { readStoreRun } from '../support/stored-runs.ts';

describe('replayArrivals', () => {
  it('finds the order of arrival consistent by the rule, and not without', async () => {
    const { scenarios } = await readStoreRun();
    const outOfOrder = scenarios.find(({ name }) => name === 'out-of-order');
    const replay = replayArrivals(outOfOrder?.events ?? []);
    expect(replay?.node).toBe('node3');
    expect(replay?.arrivals.map(({ from }) => from)).toEqual(['node2', 'node1']);
    expect(replay?.causal.consistent).toBe(true);
    expect(replay?.naive).toMatchObject({ consistent: false, pattern: 'WriteCOInitRead' });
  });

  it('replays nothing where no write was early', async () => {
    const { scenarios } = await readStoreRun();
    const concurrent = scenarios.find(({ name }) => name === 'concurrent');
    expect(replayArrivals(concurrent?.events ?? [])).toBeUndefined();
  });
});

describe('fairnessOf', () => {
  const capacities = { a: 100, b: 50 };
  const run = (loads: Record<string, number>) => ({
    capacities,
    run: { records: [], samples: [{ atMs: 0, loads }], durationMs: 1_000 },
  });

  it('is 1 when all substations have the same share of their capacity in use', () => {
    const { grid, jain, utilisation } = fairnessOf(run({ a: 80, b: 40 }));
    expect(utilisation).toEqual({ a: 0.8, b: 0.8 });
    expect([grid, jain]).toEqual([0.8, 1]);
  });

  it('is one half when one of two substations has everything', () => {
    expect(fairnessOf(run({ a: 80, b: 0 })).jain).toBe(0.5);
  });

  it('is 1 for a grid without load', () => {
    expect(fairnessOf(run({})).jain).toBe(1);
  });
});
