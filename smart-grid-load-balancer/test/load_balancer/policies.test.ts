import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../load_balancer/fleet/candidate.ts';
import { createPolicy, policyNames } from '../../load_balancer/policies/index.ts';
import { routingOrder } from '../../load_balancer/routing/routing-order.ts';

const small: Candidate = { id: 'small', load: 50, capacity: 80 };
const large: Candidate = { id: 'large', load: 60, capacity: 120 };
const medium: Candidate = { id: 'medium', load: 55, capacity: 100 };
const all = [small, large, medium];
const half = () => 0.5;

function order(name: (typeof policyNames)[number], amount: number, candidates = all): string[] {
  return [...routingOrder(candidates, amount, createPolicy(name), half)].map(({ id }) => id);
}

describe('routingOrder', () => {
  it('orders by load in kW for least-load', () => {
    expect(order('least-load', 10)).toEqual(['small', 'medium', 'large']);
  });

  it('orders by load relative to capacity for least-utilization', () => {
    expect(order('least-utilization', 10)).toEqual(['large', 'medium', 'small']);
  });

  it('chooses the smallest sufficient gap for best-fit', () => {
    expect(order('best-fit', 40)[0]).toBe('medium');
    expect(order('best-fit', 50)[0]).toBe('large');
  });

  it('takes turns for round-robin, skipping substations without room', () => {
    const policy = createPolicy('round-robin');
    const turn = () => policy(all, half).id;
    expect([turn(), turn(), turn(), turn()]).toEqual(['large', 'medium', 'small', 'large']);
    expect(policy([small, large], half).id).toBe('small');
  });

  it('chooses the lower load of two drawn for power-of-two', () => {
    const policy = createPolicy('power-of-two');
    for (const drawn of [
      [0, 0.99],
      [0.5, 0],
    ]) {
      expect(policy(all, () => drawn.shift() ?? 0).id).toBe('small');
    }
    // Of two candidates both are drawn.
    for (const chance of [0, 0.5, 0.99]) expect(policy([large, small], () => chance).id).toBe('small');
  });

  it('breaks ties at random, so that balancers do not herd', () => {
    const tied = ['a', 'b', 'c'].map((id) => ({ id, load: 0, capacity: 100 }));
    const policy = createPolicy('least-load');
    const draws = [0.99, 0.99, 0.1, 0.99, 0.1, 0.1];
    const chosen = [1, 2, 3].map(() => policy(tied, () => draws.shift() ?? 0).id);
    expect(chosen).toEqual(['a', 'b', 'c']);
  });

  it('ends with seemingly full substations, by decreasing free capacity', () => {
    expect(order('least-load', 70)).toEqual(['large', 'medium', 'small']);
  });

  it('asks first, of seemingly full substations, those with the oldest report', () => {
    const reported = [
      { ...large, reportedAt: 2 },
      { ...medium, reportedAt: 1 },
      { ...small, reportedAt: Number.NEGATIVE_INFINITY },
    ];
    expect(order('least-load', 70, reported)).toEqual(['small', 'medium', 'large']);
  });

  it('leaves out substations whose whole capacity is too small', () => {
    expect(order('least-load', 110)).toEqual(['large']);
    expect(order('least-load', 150)).toEqual([]);
  });

  it('includes an exact fit despite binary rounding', () => {
    const reserved = { id: 'reserved', load: 0, capacity: 80 - 79.9 };
    expect(order('least-load', 0.1, [reserved])).toEqual(['reserved']);
  });

  it('puts a substation of unknown capacity last', () => {
    const unknown = { id: 'unknown', load: 0, capacity: 0 };
    expect(order('least-load', 10, [unknown, ...all])).toEqual(['small', 'medium', 'large', 'unknown']);
  });

  it('yields every sufficiently large substation exactly once, for every policy', () => {
    const candidate = fc.record({
      load: fc.integer({ min: 0, max: 200 }),
      capacity: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 12 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(...policyNames),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (drawn, amount, name, chance) => {
          const candidates = drawn.map((one, index) => ({ id: `s${index}`, ...one }));
          const random = () => chance.next().value ?? 0;
          const asked = [...routingOrder(candidates, amount, createPolicy(name), random)];
          const enough = candidates.filter(({ capacity }) => capacity >= amount);
          expect(asked.map(({ id }) => id).sort()).toEqual(enough.map(({ id }) => id).sort());
          const fits = asked.map(({ load, capacity }) => capacity - load >= amount);
          expect(fits).toEqual([...fits].sort((a, b) => Number(b) - Number(a)));
        },
      ),
    );
  });
});
