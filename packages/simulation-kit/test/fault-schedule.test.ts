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

describe('the plan of strikes', () => {
  it('is the same for the same seed and another for another', () => {
    const planned = planFaults(plan, new SeededRandom(1));
    expect(planFaults(plan, new SeededRandom(1))).toEqual(planned);
    expect(planFaults(plan, new SeededRandom(2))).not.toEqual(planned);
  });

  it('has every kind, in order of time, about as often as asked, within the limits', () => {
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

  it('leaves out the kinds without a weight', () => {
    const planned = planFaults({ ...plan, weights: { kill: 1 } }, new SeededRandom(1));
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(['kill']));
  });

  it('strikes the way between two nodes, or one node, or all at once with a kill', () => {
    for (const { kind, nodes } of planFaults(plan, new SeededRandom(3))) {
      const counts = kind === 'kill' ? [1, 3] : isLinkFault(kind) || kind === 'cut' ? [2] : [1];
      expect(counts).toContain(nodes.length);
      expect(new Set(nodes).size).toBe(nodes.length);
    }
  });

  it('is told one strike a line', () => {
    expect(describeFault({ kind: 'delay', atMs: 1_500, forMs: 300, nodes: ['a', 'b'], delayMs: 40 })).toBe(
      '1.5 s: delay a -> b by 40 ms for 300 ms',
    );
    expect(describeFault({ kind: 'kill', atMs: 0, forMs: 20, nodes: ['a', 'b'] })).toBe(
      '0.0 s: kill a, b for 20 ms',
    );
  });
});
