import { describe, expect, it } from 'vitest';
import { reconcile } from '../../load_tester/assessment/reconciliation.ts';
import { accepted, failed, interrupted, record, rejected } from '../support/request-records.ts';

const records = [
  record(accepted('substation_1', 22)),
  record(accepted('substation_1', 7)),
  record(accepted('substation_2', 0.1)),
  record(rejected),
];

const before = {
  substation_1: { accepted: 10, acceptedKw: 300 },
  substation_2: { accepted: 0, acceptedKw: 0.2 },
};

describe('reconcile', () => {
  it('finds no difference when every acceptance was counted once', () => {
    const after = {
      substation_1: { accepted: 12, acceptedKw: 329 },
      // 0.30000000000000004
      substation_2: { accepted: 1, acceptedKw: 0.1 + 0.2 },
    };
    expect(reconcile(records, before, after)).toMatchObject({
      difference: { accepted: 0, acceptedKw: 0 },
      unresolved: 0,
    });
  });

  it('finds acceptances that no client received, and ones that were never counted', () => {
    const after = { substation_1: { accepted: 13, acceptedKw: 379 }, substation_2: before.substation_2 };
    expect(reconcile(records, before, after)).toMatchObject({
      difference: { accepted: 2, acceptedKw: 50.1 },
      substations: [
        { id: 'substation_1', acknowledged: { accepted: 2 }, counted: { accepted: 3 } },
        { id: 'substation_2', acknowledged: { accepted: 1 }, counted: { accepted: 0 } },
      ],
    });
  });

  it('counts the requests without a definite response', () => {
    const unresolved = [
      record(failed('no response within 10 s')),
      record({ kind: 'abandoned' }),
      record(failed('connection refused', false)),
    ];
    expect(reconcile([...records, ...unresolved], before, before).unresolved).toBe(2);
  });

  it('counts an interrupted session as unresolved: a substation had accepted it', () => {
    expect(reconcile([record(interrupted)], before, before).unresolved).toBe(1);
  });

  it('does not compare a substation whose counters were not to be read', () => {
    const listed = { substation_1: before.substation_1 };
    const after = { substation_1: { accepted: 12, acceptedKw: 329 } };
    const { substations, difference, notListed } = reconcile(records, listed, after, ['substation_2']);
    expect(difference).toEqual({ accepted: 0, acceptedKw: 0 });
    expect(substations.map(({ id }) => id)).toEqual(['substation_1']);
    expect(notListed).toEqual(['substation_2']);
  });

  it('counts a substation that joined during the run from zero', () => {
    const after = { ...before, substation_3: { accepted: 1, acceptedKw: 11 } };
    expect(reconcile([record(accepted('substation_3', 11))], before, after).difference.accepted).toBe(0);
  });
});
