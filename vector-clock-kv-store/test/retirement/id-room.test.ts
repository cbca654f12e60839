import { describe, expect, it } from 'vitest';
import { Retirements } from '../../src/causality/retirements.ts';
import { MAX_CLOCK_ENTRIES, MAX_LIVE_IDS } from '../../src/limits.ts';
import { hasRoom, IdRoom, isNewcomer } from '../../src/retirement/id-room.ts';

const ids = (count: number, name = 'a') => new Set(Array.from({ length: count }, (_, n) => `${name}~${n}`));

describe('IdRoom', () => {
  it('admits new ids up to the limit, which counts what members have reported', () => {
    const room = new IdRoom({ here: ids(MAX_LIVE_IDS - 3), reported: new Set(['b', 'a~0']) });
    expect(room.admit('c~1')).toBe(true);
    expect(room.admit('c~2')).toBe(true);
    expect(room.admit('c~3')).toBe(false);
    expect(room.admit('c~1')).toBe(true);
    expect(hasRoom({ here: ids(MAX_LIVE_IDS), reported: new Set() })).toBe(false);
    expect(hasRoom({ here: ids(MAX_LIVE_IDS - 1), reported: new Set() })).toBe(true);
  });

  it('admits ids beyond the limit that a member has already, as long as peers can receive the clock', () => {
    const room = new IdRoom({ here: ids(MAX_LIVE_IDS), reported: ids(MAX_CLOCK_ENTRIES, 'b') });
    const admitted = [...ids(MAX_CLOCK_ENTRIES, 'b')].filter((id) => room.admit(id));
    expect(admitted).toHaveLength(MAX_CLOCK_ENTRIES - MAX_LIVE_IDS);
    expect(room.admit('c~1')).toBe(false);
  });
});

describe('IdRoom of a full clock', () => {
  it('admits plain names: a member that makes its first write must not wait', () => {
    const room = new IdRoom({ here: ids(MAX_LIVE_IDS), reported: new Set() });
    expect(room.admit('node3')).toBe(true);
    expect(room.admit('node3~1')).toBe(false);
  });
});

describe('isNewcomer', () => {
  const retired = Retirements.none.with([{ dot: { node: 'b', counter: 1 }, finals: { a: 3 } }]);

  it('is a write of an id that the clock does not show', () => {
    expect(isNewcomer(retired, { b: 1 }, { node: 'c', counter: 1 })).toBe(true);
    expect(isNewcomer(retired, { b: 1 }, { node: 'b', counter: 2 })).toBe(false);
  });

  it('is a later write of a retired id, but not a duplicate of an earlier one', () => {
    expect(isNewcomer(retired, { a: 3, b: 1 }, { node: 'a', counter: 4 })).toBe(true);
    expect(isNewcomer(retired, { a: 3, b: 1 }, { node: 'a', counter: 3 })).toBe(false);
    expect(isNewcomer(retired, { a: 3 }, { node: 'a', counter: 4 })).toBe(false);
  });
});
