import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockSum,
  compare,
  counterOf,
  descends,
  firstMissing,
  merge,
  missingDependency,
  pointwiseMin,
  tick,
  type VectorClock,
  zeroClock,
} from '../../src/causality/vector-clock.ts';

const clocks = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor'), fc.nat(5), {
  noNullPrototype: true,
}) as fc.Arbitrary<VectorClock>;

describe('VectorClock', () => {
  it('orders writes: two concurrent ones come before one that has seen both', () => {
    const a = tick(zeroClock, 'a');
    const b = tick(zeroClock, 'b');
    expect(compare(a, b)).toBe('concurrent');
    const both = tick(merge(a, b), 'b');
    expect(both).toEqual({ a: 1, b: 2 });
    expect(compare(a, both)).toBe('before');
    expect(compare(both, b)).toBe('after');
  });

  it('treats an absent entry as 0, whatever the node is named', () => {
    expect(counterOf({ a: 1 }, 'b')).toBe(0);
    expect(counterOf({ a: 1 }, 'constructor')).toBe(0);
    expect(compare({ a: 1, b: 0 }, { a: 1 })).toBe('equal');
  });

  it('merges two clocks into the smallest that descends from both', () => {
    fc.assert(
      fc.property(clocks, clocks, clocks, (left, right, other) => {
        const merged = merge(left, right);
        expect(descends(merged, left) && descends(merged, right)).toBe(true);
        if (descends(other, left) && descends(other, right)) expect(descends(other, merged)).toBe(true);
      }),
    );
  });

  it('takes the pointwise minimum: the largest clock that both descend from', () => {
    fc.assert(
      fc.property(clocks, clocks, clocks, (left, right, other) => {
        const common = pointwiseMin(left, right);
        expect(descends(left, common) && descends(right, common)).toBe(true);
        if (descends(left, other) && descends(right, other)) expect(descends(common, other)).toBe(true);
      }),
    );
  });

  it('compares symmetrically', () => {
    const mirrored = { equal: 'equal', concurrent: 'concurrent', before: 'after', after: 'before' };
    fc.assert(
      fc.property(clocks, clocks, (left, right) => {
        expect(compare(right, left)).toBe(mirrored[compare(left, right)]);
      }),
    );
  });

  it('has a larger sum than every clock in its past', () => {
    fc.assert(
      fc.property(clocks, clocks, (left, right) => {
        if (compare(left, right) === 'before') expect(clockSum(left)).toBeLessThan(clockSum(right));
      }),
    );
  });

  it('finds a missing write exactly if the clock does not descend from the other', () => {
    fc.assert(
      fc.property(clocks, clocks, (clock, wanted) => {
        const dot = firstMissing(clock, wanted);
        expect(dot === undefined).toBe(descends(clock, wanted));
        if (dot !== undefined) expect(counterOf(clock, dot.node)).toBeLessThan(dot.counter);
      }),
    );
  });
});

describe('missingDependency', () => {
  it("accepts a sender's next write once its dependencies are delivered", () => {
    expect(missingDependency({ a: 1 }, 'b', { a: 1, b: 1 })).toBeUndefined();
  });

  it("waits for the sender's previous write", () => {
    expect(missingDependency({ a: 1 }, 'a', { a: 3 })).toEqual({ node: 'a', counter: 2 });
  });

  it("waits for another node's write that the sender had seen", () => {
    expect(missingDependency({ a: 1 }, 'b', { a: 2, b: 1 })).toEqual({ node: 'a', counter: 2 });
  });

  it('requires vc[sender] == clock[sender] + 1, and vc[k] <= clock[k] for other k', () => {
    fc.assert(
      fc.property(clocks, clocks, fc.constantFrom('a', 'b', 'c'), (clock, vc, sender) => {
        fc.pre(counterOf(vc, sender) > counterOf(clock, sender));
        const ready =
          counterOf(vc, sender) === counterOf(clock, sender) + 1 &&
          Object.keys(vc).every((node) => node === sender || counterOf(vc, node) <= counterOf(clock, node));
        expect(missingDependency(clock, sender, vc) === undefined).toBe(ready);
      }),
    );
  });
});
