import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continues, forkOf, type Lineage, lifeOf, withTenure } from '../../src/causality/lineage.ts';
import { objectionTo } from '../../src/membership/claim.ts';

const life = (letter: string) => letter.repeat(16);
const tenure = (letter: string, from: number, id = 'node1') => ({ life: life(letter), id, from });

describe('forkOf', () => {
  it('finds where another life left the shared numbering', () => {
    const first = [tenure('a', 0)];
    const second = [tenure('a', 0), tenure('b', 10)];
    expect(forkOf(first, second, 'node1')).toBe(10);
    // The record is only older: the second continues the first.
    expect(forkOf(second, first, 'node1')).toBeUndefined();
  });

  it('is 0 if the two lives have nothing in common', () => {
    expect(forkOf([tenure('a', 0)], [tenure('b', 0)], 'node1')).toBe(0);
  });

  it('is undefined for another id, and for data without lives', () => {
    expect(forkOf([tenure('a', 0)], [tenure('b', 0, 'node1~c1')], 'node1')).toBeUndefined();
    expect(forkOf([], [tenure('b', 0)], 'node1')).toBeUndefined();
  });
});

/** Splits one numbering at some point, and lets each side go through further lives. */
const split = fc
  .record({
    shared: fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
    left: fc.array(fc.nat(20), { maxLength: 5 }),
    right: fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
  })
  .map(({ shared, left, right }) => {
    let lives = 0;
    const go = (start: Lineage, from: number, steps: readonly number[]) => {
      let lineage = start;
      let counter = from;
      for (const step of steps) {
        lineage = withTenure(lineage, {
          life: (++lives).toString(16).padStart(8, '0'),
          id: 'node1',
          from: counter,
        });
        counter += step;
      }
      return { lineage, counter };
    };
    const base = go([], 0, shared);
    return {
      base,
      left: go(base.lineage, base.counter, left),
      right: go(base.lineage, base.counter, right),
    };
  });

describe('two copies of one disk', () => {
  it('fork where they were copied, whatever lives came before and after', () => {
    fc.assert(
      fc.property(split, ({ base, left, right }) => {
        expect(forkOf(left.lineage, right.lineage, 'node1')).toBe(base.counter);
        expect(forkOf(right.lineage, base.lineage, 'node1')).toBeUndefined();
        expect(continues(right.lineage, base.lineage)).toBe(true);
        expect(continues(left.lineage, right.lineage)).toBe(false);
      }),
    );
  });

  it('are never both granted the same numbering', () => {
    fc.assert(
      fc.property(split, ({ base, right }) => {
        const claim = withTenure(base.lineage, {
          life: life('f'),
          id: 'node1',
          from: base.counter,
        });
        expect(
          objectionTo(
            { id: 'node1', lineage: claim },
            { holder: 'claimant', heard: base.counter, record: right.lineage },
          ),
        ).toBe('another life');
      }),
    );
  });

  it('name the life that made each write', () => {
    expect(lifeOf([tenure('a', 0), tenure('b', 10)], { node: 'node1', counter: 10 })).toBe(life('a'));
    expect(lifeOf([tenure('a', 0), tenure('b', 10)], { node: 'node1', counter: 11 })).toBe(life('b'));
    expect(lifeOf([tenure('b', 10)], { node: 'node1', counter: 3 })).toBeUndefined();
  });
});

describe('objectionTo', () => {
  const plain = { id: 'node1', lineage: [tenure('a', 0)] };

  it('grants a name that nobody has used', () => {
    expect(objectionTo(plain, { holder: 'claimant', heard: 0, record: undefined })).toBeUndefined();
  });

  it('objects to a claim that it cannot verify, and to a second process', () => {
    expect(objectionTo(plain, { holder: 'nobody', heard: 0, record: undefined })).toBe('nobody');
    expect(objectionTo(plain, { holder: 'another process', heard: 0, record: undefined })).toBe(
      'another process',
    );
  });

  it('objects if it knows a later write, or if the name was claimed before', () => {
    expect(objectionTo(plain, { holder: 'claimant', heard: 1, record: undefined })).toBe('later write');
    expect(objectionTo(plain, { holder: 'claimant', heard: 0, record: [tenure('b', 0)] })).toBe(
      'another life',
    );
  });

  it('grants a new incarnation, whatever lives came before', () => {
    const lineage = [tenure('a', 0, 'node1~c1')];
    expect(
      objectionTo({ id: 'node1~c1', lineage }, { holder: 'claimant', heard: 0, record: [tenure('b', 0)] }),
    ).toBeUndefined();
  });
});
