import { describe, expect, it } from 'vitest';
import { describeFault, type FaultPlan, faultKinds, isLinkFault, planFaults } from '../src/fault-schedule.ts';
import { SeededRandom } from '../src/seeded-random.ts';

const plan: FaultPlan = {
  nodes: ['a', 'b', 'c'],
  untilMs: 60_000,
  everyMs: 500,
  lasting: { shortestMs: 100, longestMs: 2_000 },
  weights: Object.fromEntries(faultKinds.map((kind) => [kind, 1])),
};

describe('planFaults', () => {
  it('plans the same faults for the same seed and others for another seed', () => {
    const planned = planFaults(plan, new SeededRandom(1));
    expect(planFaults(plan, new SeededRandom(1))).toEqual(planned);
    expect(planFaults(plan, new SeededRandom(2))).not.toEqual(planned);
  });

  it('plans every kind, in order of time, at the given rate and within the limits', () => {
    const planned = planFaults(plan, new SeededRandom(1));
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
    expect(planned.length).toBeGreaterThan(80);
    expect(planned.length).toBeLessThan(160);
    const times = planned.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    for (const { atMs, forMs } of planned) {
      expect(atMs).toBeLessThan(plan.untilMs);
      expect(forMs).toBeGreaterThanOrEqual(100);
      expect(forMs).toBeLessThanOrEqual(2_000);
    }
  });

  it('omits kinds without a weight', () => {
    const planned = planFaults({ ...plan, weights: { kill: 1 } }, new SeededRandom(1));
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(['kill']));
  });

  it('targets a link, one node, or all nodes at once with a kill', () => {
    for (const { kind, nodes } of planFaults(plan, new SeededRandom(3))) {
      const counts =
        kind === 'kill'
          ? [1, 3]
          : kind === 'rollback'
            ? [1, 2]
            : isLinkFault(kind) || kind === 'cut'
              ? [2]
              : [1];
      expect(counts).toContain(nodes.length);
      expect(new Set(nodes).size).toBe(nodes.length);
    }
  });
});

describe('describeFault', () => {
  it('formats a fault as one line', () => {
    expect(describeFault({ kind: 'delay', atMs: 1_500, forMs: 300, nodes: ['a', 'b'], delayMs: 40 })).toBe(
      '1.5 s: delay a -> b by 40 ms for 300 ms',
    );
    expect(describeFault({ kind: 'kill', atMs: 0, forMs: 20, nodes: ['a', 'b'] })).toBe(
      '0.0 s: kill a, b for 20 ms',
    );
  });
});
