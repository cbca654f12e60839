import { describe, expect, it } from 'vitest';
import { reconcile } from '../../load_tester/assessment/reconcile.ts';
import { accepted, failed, record, rejected } from '../support/request-records.ts';

const told = [
  record(accepted('substation_1', 22)),
  record(accepted('substation_1', 7)),
  record(accepted('substation_2', 0.1)),
  record(rejected),
];

const before = {
  substation_1: { accepted: 10, acceptedKw: 300 },
  substation_2: { accepted: 0, acceptedKw: 0.2 },
};

describe('what clients were told against what substations counted', () => {
  it('differs by nothing when every acceptance was counted once', () => {
    const after = {
      substation_1: { accepted: 12, acceptedKw: 329 },
      // 0.1 + 0.2, as floating point has it
      substation_2: { accepted: 1, acceptedKw: 0.1 + 0.2 },
    };
    expect(reconcile(told, before, after)).toMatchObject({
      difference: { accepted: 0, acceptedKw: 0 },
      open: 0,
    });
  });

  it('shows a session that nobody was told of, and one that was told and never counted', () => {
    const after = { substation_1: { accepted: 13, acceptedKw: 379 }, substation_2: before.substation_2 };
    expect(reconcile(told, before, after)).toMatchObject({
      difference: { accepted: 2, acceptedKw: 50.1 },
      substations: [
        { id: 'substation_1', told: { accepted: 2 }, counted: { accepted: 3 } },
        { id: 'substation_2', told: { accepted: 1 }, counted: { accepted: 0 } },
      ],
    });
  });

  it('counts the answers that leave open whether a vehicle is charging', () => {
    const open = [
      record(failed('no answer within 10 s')),
      record({ kind: 'abandoned' }),
      record(failed('connection refused', false)),
    ];
    expect(reconcile([...told, ...open], before, before).open).toBe(2);
  });

  it('counts a substation that came during the run from nothing', () => {
    const after = { ...before, substation_3: { accepted: 1, acceptedKw: 11 } };
    expect(reconcile([record(accepted('substation_3', 11))], before, after).difference.accepted).toBe(0);
  });
});
