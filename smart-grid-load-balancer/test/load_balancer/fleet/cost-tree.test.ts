import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostTree } from '../../../load_balancer/fleet/cost-tree.ts';

const half = () => 0.5;

describe('CostTree', () => {
  it('finds the cheapest place where a request fits', () => {
    const tree = new CostTree();
    tree.set(0, 10, 5);
    tree.set(1, 20, 50);
    tree.set(2, 30, 50);
    expect(tree.cheapest(5, half)).toBe(0);
    expect(tree.cheapest(20, half)).toBe(1);
    tree.remove(1);
    expect(tree.cheapest(20, half)).toBe(2);
    expect(tree.cheapest(60, half)).toBeUndefined();
  });

  it('finds what a search of all places finds, after any changes', () => {
    const change = fc.record({
      place: fc.nat(40),
      cost: fc.nat(5),
      free: fc.nat(20),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(change),
        fc.nat(20),
        fc.double({ min: 0, max: 0.999 }),
        (changes, amount, fraction) => {
          const tree = new CostTree();
          const places = new Map<number, { cost: number; free: number }>();
          for (const { cost, free, isRemoved, place } of changes) {
            if (isRemoved) tree.remove(place);
            else tree.set(place, cost, free);
            if (isRemoved) places.delete(place);
            else places.set(place, { cost, free });
          }
          const found = tree.cheapest(amount, () => fraction);
          const costs = [...places.values()].filter(({ free }) => free >= amount).map(({ cost }) => cost);
          if (found === undefined) expect(costs).toEqual([]);
          else {
            expect(places.get(found)?.free).toBeGreaterThanOrEqual(amount);
            expect(places.get(found)?.cost).toBe(Math.min(...costs));
          }
        },
      ),
    );
  });

  it('chooses each of several equal places about as often', () => {
    const tree = new CostTree();
    for (let place = 0; place < 5; place++) tree.set(place, 1, 1);
    const counts = [0, 0, 0, 0, 0];
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    for (let draw = 0; draw < 5_000; draw++) {
      const place = tree.cheapest(1, random) ?? -1;
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
