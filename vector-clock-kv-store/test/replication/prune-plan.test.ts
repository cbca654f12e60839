import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterOf, descends, type VectorClock } from '../../src/causality/vector-clock.ts';
import { type PlannedLog, planPruning, type Retention } from '../../src/replication/prune-plan.ts';

/** A log of writes with the given sizes, of which those before `pruned` are gone. */
function logOf(sizes: Record<string, number[]>, pruned: VectorClock = {}): PlannedLog {
  const logSizes = (origin: string, after: number) =>
    (sizes[origin] ?? []).slice(Math.max(after, counterOf(pruned, origin)));
  const clock = Object.fromEntries(Object.entries(sizes).map(([origin, list]) => [origin, list.length]));
  const logBytes = Object.keys(sizes)
    .flatMap((origin) => logSizes(origin, 0))
    .reduce((sum, size) => sum + size, 0);
  return { clock, pruned, logBytes, logSizes };
}

const unlimited: Retention = { writes: 1_000_000, bytes: 1e12 };

describe('planPruning', () => {
  it('keeps the last writes of each node', () => {
    const log = logOf({ a: [1, 1, 1, 1], b: [1] });
    expect(planPruning(log, { a: 4, b: 1 }, { ...unlimited, writes: 1 })).toEqual({ a: 3 });
  });

  it('prunes more of the node with the most writes until the bytes fit', () => {
    const log = logOf({ a: [10, 10, 10, 10], b: [10, 10] });
    expect(planPruning(log, log.clock, { ...unlimited, bytes: 40 })).toEqual({ a: 2 });
    expect(planPruning(log, log.clock, { ...unlimited, bytes: 20 })).toEqual({ a: 3, b: 1 });
  });

  it('prunes nothing that a member may still need', () => {
    const log = logOf({ a: [10, 10, 10] });
    expect(planPruning(log, { a: 1 }, { writes: 0, bytes: 0 })).toEqual({ a: 1 });
    expect(planPruning(log, {}, { writes: 0, bytes: 0 })).toEqual({});
  });

  it('plans one step of a large log at a time', () => {
    const log = logOf({ a: Array.from({ length: 12_000 }, () => 1) });
    expect(planPruning(log, log.clock, { ...unlimited, writes: 0 })).toEqual({ a: 5_000 });
    expect(planPruning(log, log.clock, { ...unlimited, bytes: 0 })).toEqual({ a: 5_000 });
  });

  it('fits the retention where stability permits, and prunes only that', () => {
    const lists = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(fc.nat(50), { maxLength: 20 }));
    const clocks = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(25));
    fc.assert(
      fc.property(lists, clocks, fc.nat(25), fc.nat(600), (sizes, stable, writes, bytes) => {
        const log = logOf(sizes);
        const plan = planPruning(log, stable, { writes, bytes });
        expect(descends(log.clock, plan) && descends(stable, plan)).toBe(true);
        const after = logOf(sizes, plan);
        const over = Object.keys(log.clock).filter(
          (origin) =>
            counterOf(plan, origin) < Math.min(counterOf(stable, origin), counterOf(log.clock, origin)),
        );
        if (after.logBytes > bytes) expect(over).toEqual([]);
        for (const origin of over)
          expect(counterOf(log.clock, origin) - counterOf(plan, origin)).toBeLessThanOrEqual(writes);
        // One write less pruned would exceed a limit.
        for (const [origin, counter] of Object.entries(plan)) {
          if (counter === 0) continue;
          const less = logOf(sizes, { ...plan, [origin]: counter - 1 });
          const kept = counterOf(log.clock, origin) - counter + 1;
          const largest = Math.max(...Object.values(sizes).flat());
          expect(kept > writes || less.logBytes + largest > bytes).toBe(true);
        }
      }),
    );
  });
});
