import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountsOf, isClose } from '../../../load_tester/judge/rules/accounts.ts';
import { findDoubleCharges, formatDoubleCharges } from '../../../load_tester/judge/rules/double-charges.ts';
import { findHerd, MIN_BURST } from '../../../load_tester/judge/rules/herd.ts';

const burst = (...receivers: (readonly [substation: string, polls: number])[]) =>
  receivers.map(([substation, polls]) => ({ substation, polls }));

const all = (substation: string, polls: number, count = MIN_BURST) =>
  burst(...Array.from({ length: count }, () => [substation, polls] as const));

describe('findHerd', () => {
  it('finds a burst between two polls that all goes to one substation', () => {
    expect(findHerd(all('a', 3, 12))).toEqual({ kind: 'herd', substation: 'a', count: 12 });
  });

  it('acquits a burst that goes to two', () => {
    expect(findHerd([...all('a', 3, 11), ...burst(['b', 3])])).toEqual({ kind: 'spread' });
  });

  it('finds a herd that moves to another substation at a poll', () => {
    expect(findHerd([...all('a', 3), ...all('b', 4)])).toMatchObject({ kind: 'herd', substation: 'a' });
  });

  it('decides nothing when polls leave no burst', () => {
    expect(findHerd(burst(['a', 1], ['a', 2], ['a', 3], ['a', 4]))).toEqual({ kind: 'unclear' });
    expect(findHerd([])).toEqual({ kind: 'unclear' });
  });

  it('never convicts round-robin, whatever is polled in between', () => {
    const polls = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(polls, (isPolled) => {
        let count = 0;
        const arrivals = isPolled.map((polled, index) => {
          count += Number(polled);
          return { substation: `s${index % 3}`, polls: count };
        });
        return findHerd(arrivals).kind !== 'herd';
      }),
    );
  });
});

describe('findDoubleCharges', () => {
  it('names the vehicles with more than one session, and where', () => {
    const found = findDoubleCharges([
      { vehicle: 'EV_1', substation: 'a' },
      { vehicle: 'EV_2', substation: 'a' },
      { vehicle: 'EV_1', substation: 'b' },
    ]);
    expect(found).toEqual([{ vehicle: 'EV_1', substations: ['a', 'b'] }]);
    expect(formatDoubleCharges(found)).toBe('EV_1 at a and b');
  });

  it('finds two sessions at the same substation', () => {
    const session = { vehicle: 'EV_1', substation: 'a' };
    expect(findDoubleCharges([session, session])).toHaveLength(1);
  });
});

describe('accountsOf', () => {
  it('counts what was accepted, refused, and answered otherwise', () => {
    const charges = [
      { charge_amount: 22 },
      { charge_amount: 50 },
      { charge_amount: 7 },
      { charge_amount: 11 },
    ];
    const responses = [{ status: 200 }, { status: 503 }, { status: 500 }, { status: 200 }];
    expect(accountsOf(charges, responses)).toEqual({
      accepted: 2,
      acceptedKw: 33,
      refused: 1,
      others: [500],
    });
  });
});

describe('isClose', () => {
  it('takes figures for the same that differ by rounding alone', () => {
    expect(isClose(33.333, 33.33)).toBe(true);
    expect(isClose(33, 22)).toBe(false);
    expect(isClose(Number.NaN, 33)).toBe(false);
  });
});
