import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../../src/causality/vector-clock.ts';
import type { Operation } from '../../../src/verification/history/history.ts';
import { checkSessionGuarantees } from '../../../src/verification/history/session-guarantees.ts';
import { read, sessions, write } from '../../support/history-operations.ts';

const answered = (operation: Operation, vc: VectorClock): Operation => ({ ...operation, vc });

/** The guarantees that one session violates, with the violating operations. */
function violated(...operations: Operation[]) {
  const others = [answered(write('x', 'old'), { a: 1 }), answered(write('x', 'new'), { a: 2 })];
  return checkSessionGuarantees(sessions({ me: operations, others })).map(
    ({ guarantee, operation }) => `${guarantee}: ${operation.text}`,
  );
}

describe('checkSessionGuarantees', () => {
  it('accepts a session whose clocks only grow', () => {
    expect(
      violated(
        answered(read('x', 'old'), { a: 1 }),
        answered(write('y', 1), { a: 1, b: 1 }),
        answered(read('x', 'new'), { a: 2, b: 1 }),
        answered(write('y', 2), { a: 2, b: 2 }),
      ),
    ).toEqual([]);
  });

  it('names each guarantee when a response does not cover an earlier one', () => {
    const [wrote, saw] = [answered(write('y', 1), { b: 1 }), answered(read('z', null), { b: 1 })];
    expect(violated(wrote, answered(read('z', null), { a: 9 }))).toEqual([
      'read your writes: me[1] read z, got nothing',
    ]);
    expect(violated(wrote, answered(write('z', 2), { a: 9 }))).toEqual(['monotonic writes: me[1] write z=2']);
    expect(violated(saw, answered(read('z', null), { a: 9 }))).toEqual([
      'monotonic reads: me[1] read z, got nothing',
    ]);
    expect(violated(saw, answered(write('z', 2), { a: 9 }))).toEqual([
      'writes follow reads: me[1] write z=2',
    ]);
  });

  it('rejects a read of an older version whatever its clock says', () => {
    expect(violated(answered(read('x', 'new'), { a: 2 }), answered(read('x', 'old'), { a: 2 }))).toEqual([
      'monotonic reads: me[1] read x, got "old"',
    ]);
    expect(
      violated(answered(write('x', 'mine'), { a: 1, b: 1 }), answered(read('x', 'old'), { a: 1, b: 1 })),
    ).toEqual(['read your writes: me[1] read x, got "old"']);
    expect(violated(answered(write('z', 'mine'), { b: 1 }), answered(read('z', null), { b: 1 }))).toEqual([
      'read your writes: me[1] read z, got nothing',
    ]);
  });

  it('accepts a read of a version concurrent with a write of the session', () => {
    expect(
      violated(answered(write('x', 'mine'), { b: 1 }), answered(read('x', 'new'), { a: 2, b: 1 })),
    ).toEqual([]);
  });

  it('ignores responses without a clock', () => {
    expect(violated(write('x', 'mine'), read('x', 'old'))).toEqual([]);
  });

  it('explains which writes are missing', () => {
    const history = sessions({
      me: [answered(write('x', 1), { a: 3 }), answered(write('x', 2), { a: 1, b: 1 })],
    });
    expect(checkSessionGuarantees(history)[0]?.explanation).toBe(
      'me[1] write x=2: its clock has 1 writes of a; after an earlier write it must have 3',
    );
  });
});
