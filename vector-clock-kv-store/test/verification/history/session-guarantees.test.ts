import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../../src/causality/vector-clock.ts';
import type { Operation } from '../../../src/verification/history/history.ts';
import { checkSessionGuarantees } from '../../../src/verification/history/session-guarantees.ts';
import { read, sessions, write } from '../../support/history-operations.ts';

const withClock = (operation: Operation, vc: VectorClock): Operation => ({ ...operation, vc });

/** The guarantees that one session violates, with the violating operations. */
function violated(...operations: Operation[]) {
  const others = [withClock(write('x', 'old'), { a: 1 }), withClock(write('x', 'new'), { a: 2 })];
  return checkSessionGuarantees(sessions({ me: operations, others })).map(
    ({ guarantee, operation }) => `${guarantee}: ${operation.text}`,
  );
}

describe('checkSessionGuarantees', () => {
  it('accepts a session whose clocks only grow', () => {
    expect(
      violated(
        withClock(read('x', 'old'), { a: 1 }),
        withClock(write('y', 1), { a: 1, b: 1 }),
        withClock(read('x', 'new'), { a: 2, b: 1 }),
        withClock(write('y', 2), { a: 2, b: 2 }),
      ),
    ).toEqual([]);
  });

  it('names each guarantee when a response does not cover an earlier one', () => {
    const [wrote, saw] = [withClock(write('y', 1), { b: 1 }), withClock(read('z', null), { b: 1 })];
    expect(violated(wrote, withClock(read('z', null), { a: 9 }))).toEqual([
      'read your writes: me[1] read z, got nothing',
    ]);
    expect(violated(wrote, withClock(write('z', 2), { a: 9 }))).toEqual([
      'monotonic writes: me[1] write z=2',
    ]);
    expect(violated(saw, withClock(read('z', null), { a: 9 }))).toEqual([
      'monotonic reads: me[1] read z, got nothing',
    ]);
    expect(violated(saw, withClock(write('z', 2), { a: 9 }))).toEqual([
      'writes follow reads: me[1] write z=2',
    ]);
  });

  it('rejects a read of an older version whatever its clock says', () => {
    expect(violated(withClock(read('x', 'new'), { a: 2 }), withClock(read('x', 'old'), { a: 2 }))).toEqual([
      'monotonic reads: me[1] read x, got "old"',
    ]);
    expect(
      violated(withClock(write('x', 'mine'), { a: 1, b: 1 }), withClock(read('x', 'old'), { a: 1, b: 1 })),
    ).toEqual(['read your writes: me[1] read x, got "old"']);
    expect(violated(withClock(write('z', 'mine'), { b: 1 }), withClock(read('z', null), { b: 1 }))).toEqual([
      'read your writes: me[1] read z, got nothing',
    ]);
  });

  it('accepts a read of a version concurrent with a write of the session', () => {
    expect(
      violated(withClock(write('x', 'mine'), { b: 1 }), withClock(read('x', 'new'), { a: 2, b: 1 })),
    ).toEqual([]);
  });

  it('ignores responses without a clock', () => {
    expect(violated(write('x', 'mine'), read('x', 'old'))).toEqual([]);
  });

  it('explains which writes are missing', () => {
    const history = sessions({
      me: [withClock(write('x', 1), { a: 3 }), withClock(write('x', 2), { a: 1, b: 1 })],
    });
    expect(checkSessionGuarantees(history)[0]?.explanation).toBe(
      'me[1] write x=2: its clock has 1 writes of a; after an earlier write it must have 3',
    );
  });
});
