import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuedWrite, continues, mayBeContinued } from '../../src/causality/continued-write.ts';
import type { Write } from '../../src/causality/write.ts';

const first: Write = {
  sender: 'a',
  key: 'x',
  value: 1,
  vc: { a: 3, b: 2 },
  at: 1_700_000_000_000,
  life: '0123456789abcdef',
};

const next: Write = { ...first, key: 'y', value: null, vc: { a: 4, b: 2 } };

/** Writes that continue each other often, and nearly do. */
const anyWrite = fc
  .record({
    sender: fc.constantFrom('a', 'b'),
    key: fc.string(),
    value: fc.jsonValue(),
    vc: fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 }))
      .map((vc) => ({ a: 1, b: 1, ...vc })),
    at: fc.constantFrom(undefined, 1, 2),
    life: fc.constantFrom(undefined, 'l', 'm'),
  })
  .map(
    ({ at, life, ...members }): Write => ({
      ...members,
      ...(at === undefined ? {} : { at }),
      ...(life === undefined ? {} : { life }),
    }),
  );

describe('a write that continues another', () => {
  it('has the next number of the same run, and its own key and value', () => {
    expect(continues(first, next)).toBe(true);
    expect(continuedWrite(first, { key: 'y', value: null })).toEqual(next);
  });

  it.each<[string, Partial<Write>]>([
    ['another sender', { sender: 'b', vc: { a: 3, b: 3 } }],
    ['the same number', { vc: { a: 3, b: 2 } }],
    ['a number too many', { vc: { a: 5, b: 2 } }],
    ['a delivery in between', { vc: { a: 4, b: 3 } }],
    ['a new entry', { vc: { a: 4, b: 2, c: 1 } }],
    ['an entry less', { vc: { a: 4 } }],
    ['another time', { at: 1_700_000_000_001 }],
    ['another life', { life: 'fedcba9876543210' }],
  ])('does not have %s', (_what, change) => {
    expect(continues(first, { ...next, ...change })).toBe(false);
  });

  it('can be made again from the one before it, and from nothing else', () => {
    fc.assert(
      fc.property(anyWrite, anyWrite, ({ ...previous }, write) => {
        const made = continuedWrite(previous, write);
        expect(continues(previous, made)).toBe(true);
        if (continues(previous, write)) expect(made).toEqual(write);
        else expect(made).not.toEqual(write);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has a clock of up to 16 entries', () => {
    const clockOf = (entries: number, a: number) => ({
      ...Object.fromEntries(Array.from({ length: entries - 1 }, (_, index) => [`n${index}`, 1])),
      a,
    });
    for (const entries of [16, 17]) {
      const before = { ...first, vc: clockOf(entries, 1) };
      expect(mayBeContinued(before)).toBe(entries === 16);
      expect(continues(before, { ...before, vc: clockOf(entries, 2) })).toBe(entries === 16);
    }
    expect(mayBeContinued({ ...first, vc: { a: Number.MAX_SAFE_INTEGER } })).toBe(false);
  });
});
