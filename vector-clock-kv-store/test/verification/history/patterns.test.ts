import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check-history.ts';
import type { History, Operation } from '../../../src/verification/history/history.ts';
import { deletion, read, sessions, withUnknownOutcome, write } from '../../support/history-operations.ts';

/** The pattern found, if any, and the operations it names. */
function check(history: History) {
  const verdict = checkHistory(history);
  if (verdict.consistent) return { pattern: 'none', operations: [] };
  return { pattern: verdict.pattern, operations: verdict.operations.map(({ text }) => text) };
}

describe('checkHistory names the operations of the smallest bad pattern of each kind', () => {
  it('ThinAirRead: nobody wrote the value read', () => {
    expect(check(sessions({ alice: [write('x', 1)], bob: [read('x', 2)] }))).toEqual({
      pattern: 'ThinAirRead',
      operations: ['bob[0] read x, got 2'],
    });
  });

  it('CyclicCO: two sessions each read the write that the other makes later', () => {
    const history = sessions({ alice: [read('x', 1), write('y', 2)], bob: [read('y', 2), write('x', 1)] });
    expect(check(history)).toEqual({
      pattern: 'CyclicCO',
      operations: [
        'alice[1] write y=2',
        'bob[0] read y, got 2',
        'bob[1] write x=1',
        'alice[0] read x, got 1',
      ],
    });
  });

  it('WriteCOInitRead: a session sees an effect without its cause', () => {
    const history = sessions({
      alice: [write('x', 1)],
      bob: [read('x', 1), write('y', 2)],
      carol: [read('y', 2), read('x', null)],
    });
    expect(check(history)).toEqual({
      pattern: 'WriteCOInitRead',
      operations: ['alice[0] write x=1', 'carol[1] read x, got nothing'],
    });
  });

  it('WriteCORead: a session reads an overwritten value', () => {
    const history = sessions({ alice: [write('x', 1), write('x', 2)], bob: [read('x', 2), read('x', 1)] });
    expect(check(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] write x=1', 'alice[1] write x=2', 'bob[1] read x, got 1'],
    });
  });

  it('CyclicCF: two readers see the same writes in different orders', () => {
    const history = sessions({ alice: [write('x', 1), read('x', 2)], bob: [write('x', 2), read('x', 1)] });
    expect(check(history)).toEqual({
      pattern: 'CyclicCF',
      operations: [
        'alice[0] write x=1',
        'bob[0] write x=2',
        'alice[1] read x, got 2',
        'bob[1] read x, got 1',
      ],
    });
  });

  it('shows the causal steps between the operations', () => {
    const history = sessions({
      alice: [write('x', 1), write('z', 0)],
      bob: [read('z', 0), read('x', null)],
    });
    expect(checkHistory(history)).toMatchObject({
      explanation: 'bob[1] read x, got nothing, although alice[0] write x=1 precedes it.',
      evidence: [
        'alice[0] write x=1  →  alice[1] write z=0  (later in its session)',
        'alice[1] write z=0  →  bob[0] read z, got 0  (which it read)',
        'bob[0] read z, got 0  →  bob[1] read x, got nothing  (later in its session)',
      ],
    });
  });
});

describe('checkHistory accepts', () => {
  it.each<[string, History]>([
    ['no operations at all', sessions({})],
    ['a session that reads what it wrote', sessions({ alice: [write('x', 1), read('x', 1)] })],
    [
      'a session that sees neither an effect nor its cause',
      sessions({ alice: [write('x', 1), write('y', 2)], bob: [read('y', null), read('x', null)] }),
    ],
    [
      'concurrent writes when all readers end with the same one',
      sessions({
        alice: [write('x', 1), read('x', 2)],
        bob: [write('x', 2), read('x', 2)],
        carol: [read('x', 1), read('x', 2)],
      }),
    ],
    [
      'concurrent writes when two readers see different ones',
      sessions({
        alice: [write('x', 1)],
        bob: [write('x', 2)],
        carol: [read('x', 1)],
        dave: [read('x', 2)],
      }),
    ],
    [
      // Not causal memory: for bob, x=2 comes before z=1 and so before x=1, yet he reads x=2 after x=1.
      'last-writer-wins reads that no order of one session explains',
      sessions({
        alice: [write('z', 1), write('x', 1), write('y', 1)],
        bob: [write('x', 2), read('z', null), read('y', 1), read('x', 2)],
      }),
    ],
    [
      'the same value on two keys',
      sessions({ alice: [write('x', 1), write('y', 1)], bob: [read('y', 1), read('x', 1)] }),
    ],
  ])('%s', (_what, history) => {
    expect(check(history).pattern).toBe('none');
  });
});

describe('checkHistory, of a deletion', () => {
  it('accepts a read that finds nothing after it', () => {
    const history = sessions({
      alice: [write('x', 1), deletion('x', 't')],
      bob: [read('x', 1), read('x', null)],
    });
    expect(check(history).pattern).toBe('none');
  });

  it('rejects a read that finds nothing after it was overwritten', () => {
    const history = sessions({ alice: [deletion('x', 't'), write('x', 1), read('x', null)] });
    expect(check(history).pattern).toBe('WriteCOInitRead');
  });

  it('rejects an earlier read that finds nothing', () => {
    const history = sessions({ alice: [write('x', 1), read('x', null), deletion('x', 't')] });
    expect(check(history).pattern).toBe('WriteCOInitRead');
  });

  it('accepts a read that finds nothing when a concurrent session deletes the key', () => {
    const history = sessions({ alice: [write('x', 1), read('x', null)], bob: [deletion('x', 't')] });
    expect(check(history).pattern).toBe('none');
  });

  it('treats it as a write when reads name the tombstone', () => {
    const history = sessions({
      alice: [deletion('x', 't'), write('x', 1)],
      bob: [read('x', 1), read('x', 't')],
    });
    expect(check(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] delete x (tombstone "t")', 'alice[1] write x=1', 'bob[1] read x, got "t"'],
    });
  });
});

describe('checkHistory, of a write of unknown outcome', () => {
  it('accepts that it never took effect', () => {
    const history = sessions({ alice: [withUnknownOutcome(write('x', 1)), read('x', null)] });
    expect(check(history).pattern).toBe('none');
  });

  it('accepts that it is read after it was not yet visible', () => {
    const history = sessions({
      alice: [withUnknownOutcome(write('x', 1)), read('x', null)],
      bob: [read('x', null), read('x', 1)],
    });
    expect(check(history).pattern).toBe('none');
  });

  it('places it in the past of every session that read it', () => {
    const history = sessions({
      alice: [withUnknownOutcome(write('x', 1))],
      bob: [read('x', 1), write('y', 2)],
      carol: [read('y', 2), read('x', null)],
    });
    expect(check(history)).toEqual({
      pattern: 'WriteCOInitRead',
      operations: ['alice[0] write x=1, outcome unknown', 'carol[1] read x, got nothing'],
    });
  });

  it('places it after the earlier operations of its session', () => {
    const history = sessions({
      alice: [write('x', 1), withUnknownOutcome(write('y', 2))],
      bob: [read('y', 2), read('x', null)],
    });
    expect(check(history).pattern).toBe('WriteCOInitRead');
  });

  it('lets it overwrite what its session had read, for sessions that read it', () => {
    const history = sessions({
      alice: [write('x', 1)],
      bob: [read('x', 1), withUnknownOutcome(write('x', 2))],
      carol: [read('x', 2), read('x', 1)],
    });
    expect(check(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] write x=1', 'bob[1] write x=2, outcome unknown', 'carol[1] read x, got 1'],
    });
  });
});

describe('checkHistory, of 100,000 operations', () => {
  /** Sessions in turn read and increment a counter, so every operation depends on all earlier ones. */
  function incrementInTurns(rounds: number): History {
    const names = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9'];
    const lists: Operation[][] = names.map(() => []);
    for (let round = 0; round < rounds; round++) {
      lists[round % names.length]?.push(
        read('counter', round === 0 ? null : round - 1),
        write('counter', round),
      );
    }
    return { sessions: names.map((name, index) => ({ name, operations: lists[index] ?? [] })) };
  }

  it('accepts a chain in which every operation depends on the previous one', () => {
    expect(checkHistory(incrementInTurns(50_000))).toEqual({
      consistent: true,
      operations: 100_000,
      sessions: 10,
      keys: 1,
    });
  });

  it('rejects the chain when the very last read is stale', () => {
    const history = incrementInTurns(50_000);
    history.sessions[3]?.operations.push(read('counter', 0));
    expect(check(history)).toMatchObject({ pattern: 'WriteCORead' });
  });
});
