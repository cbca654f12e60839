import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DotMap } from '../../src/causality/dot-map.ts';
import { dotKey } from '../../src/causality/vector-clock.ts';

const dots = fc.record({
  node: fc.constantFrom('a', 'b', 'constructor'),
  counter: fc.integer({ min: 1, max: 5 }),
});

describe('DotMap', () => {
  it('finds an entry by its dot', () => {
    const map = new DotMap<string>();
    map.set({ node: 'a', counter: 2 }, 'second');
    expect(map.get({ node: 'a', counter: 2 })).toBe('second');
    expect(map.get({ node: 'b', counter: 2 })).toBeUndefined();
    map.delete({ node: 'a', counter: 2 });
    expect([...map.nodes()]).toEqual([]);
  });

  it('holds what a map by joined keys holds', () => {
    const change = fc.record({ dot: dots, entry: fc.option(fc.nat(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const map = new DotMap<number>();
        const expected = new Map<string, { node: string; counter: number; entry: number }>();
        for (const { dot, entry } of changes) {
          if (entry === undefined) map.delete(dot);
          else map.set(dot, entry);
          if (entry === undefined) expected.delete(dotKey(dot));
          else expected.set(dotKey(dot), { ...dot, entry });
        }
        const all = [...expected.values()];
        expect([...map.values()].toSorted()).toEqual(all.map(({ entry }) => entry).toSorted());
        expect(new Set(map.nodes())).toEqual(new Set(all.map(({ node }) => node)));
        for (const { node, counter } of map.lastDots())
          expect(counter).toBe(Math.max(...all.filter((one) => one.node === node).map((one) => one.counter)));
      }),
    );
  });
});
