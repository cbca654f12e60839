import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check.ts';
import type { History, Operation } from '../../../src/verification/history/history.ts';
import { deletion, read, sessions, unanswered, write } from './operations.ts';

/** The pattern found and the operations it names, or that there is none. */
function judge(history: History) {
  const verdict = checkHistory(history);
  if (verdict.consistent) return { pattern: 'none', operations: [] };
  return { pattern: verdict.pattern, operations: verdict.operations.map(({ text }) => text) };
}

describe('the checker convicts the least history of each bad pattern and names the operations', () => {
  it('ThinAirRead: nobody wrote what was read', () => {
    expect(judge(sessions({ alice: [write('x', 1)], bob: [read('x', 2)] }))).toEqual({
      pattern: 'ThinAirRead',
      operations: ['bob[0] read x, got 2'],
    });
  });

  it('CyclicCO: two writes, each made by someone who had read the other', () => {
    const history = sessions({ alice: [read('x', 1), write('y', 2)], bob: [read('y', 2), write('x', 1)] });
    expect(judge(history)).toEqual({
      pattern: 'CyclicCO',
      operations: [
        'alice[1] write y=2',
        'bob[0] read y, got 2',
        'bob[1] write x=1',
        'alice[0] read x, got 1',
      ],
    });
  });

  it('WriteCOInitRead: the effect is seen, the cause is not', () => {
    const history = sessions({
      alice: [write('x', 1)],
      bob: [read('x', 1), write('y', 2)],
      carol: [read('y', 2), read('x', null)],
    });
    expect(judge(history)).toEqual({
      pattern: 'WriteCOInitRead',
      operations: ['alice[0] write x=1', 'carol[1] read x, got nothing'],
    });
  });

  it('WriteCORead: what was overwritten is read again', () => {
    const history = sessions({ alice: [write('x', 1), write('x', 2)], bob: [read('x', 2), read('x', 1)] });
    expect(judge(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] write x=1', 'alice[1] write x=2', 'bob[1] read x, got 1'],
    });
  });

  it('CyclicCF: two readers tell of two orders of the same writes', () => {
    const history = sessions({ alice: [write('x', 1), read('x', 2)], bob: [write('x', 2), read('x', 1)] });
    expect(judge(history)).toEqual({
      pattern: 'CyclicCF',
      operations: [
        'alice[0] write x=1',
        'bob[0] write x=2',
        'alice[1] read x, got 2',
        'bob[1] read x, got 1',
      ],
    });
  });

  it('tells the steps that lead from operation to operation', () => {
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

describe('the checker acquits', () => {
  it.each<[string, History]>([
    ['no operations at all', sessions({})],
    ['a session that reads what it wrote', sessions({ alice: [write('x', 1), read('x', 1)] })],
    [
      'an effect that is not seen yet, like its cause',
      sessions({ alice: [write('x', 1), write('y', 2)], bob: [read('y', null), read('x', null)] }),
    ],
    [
      'concurrent writes of which all readers end with the same',
      sessions({
        alice: [write('x', 1), read('x', 2)],
        bob: [write('x', 2), read('x', 2)],
        carol: [read('x', 1), read('x', 2)],
      }),
    ],
    [
      'concurrent writes of which two readers still see different ones',
      sessions({
        alice: [write('x', 1)],
        bob: [write('x', 2)],
        carol: [read('x', 1)],
        dave: [read('x', 2)],
      }),
    ],
    [
      // Not causal memory: for bob x=2 is written before z=1 and so before x=1, and is read after it.
      'what the last writer wins, though no order of one session explains it',
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
    expect(judge(history).pattern).toBe('none');
  });
});

describe('a deletion', () => {
  it('explains why nothing is found', () => {
    const history = sessions({
      alice: [write('x', 1), deletion('x', 't')],
      bob: [read('x', 1), read('x', null)],
    });
    expect(judge(history).pattern).toBe('none');
  });

  it('does not explain it when it was overwritten before the read', () => {
    const history = sessions({ alice: [deletion('x', 't'), write('x', 1), read('x', null)] });
    expect(judge(history).pattern).toBe('WriteCOInitRead');
  });

  it('does not explain it when it was made by someone who had read on', () => {
    const history = sessions({ alice: [write('x', 1), read('x', null), deletion('x', 't')] });
    expect(judge(history).pattern).toBe('WriteCOInitRead');
  });

  it('explains it when somebody, unseen so far, may have deleted the key', () => {
    const history = sessions({ alice: [write('x', 1), read('x', null)], bob: [deletion('x', 't')] });
    expect(judge(history).pattern).toBe('none');
  });

  it('is a write like any other where reads name the tombstone', () => {
    const history = sessions({
      alice: [deletion('x', 't'), write('x', 1)],
      bob: [read('x', 1), read('x', 't')],
    });
    expect(judge(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] delete x (tombstone "t")', 'alice[1] write x=1', 'bob[1] read x, got "t"'],
    });
  });
});

describe('a write of unknown outcome', () => {
  it('may never have been made', () => {
    const history = sessions({ alice: [unanswered(write('x', 1)), read('x', null)] });
    expect(judge(history).pattern).toBe('none');
  });

  it('may be read, even after it was not seen', () => {
    const history = sessions({
      alice: [unanswered(write('x', 1)), read('x', null)],
      bob: [read('x', null), read('x', 1)],
    });
    expect(judge(history).pattern).toBe('none');
  });

  it('is in the past of whoever has read it', () => {
    const history = sessions({
      alice: [unanswered(write('x', 1))],
      bob: [read('x', 1), write('y', 2)],
      carol: [read('y', 2), read('x', null)],
    });
    expect(judge(history)).toEqual({
      pattern: 'WriteCOInitRead',
      operations: ['alice[0] write x=1, outcome unknown', 'carol[1] read x, got nothing'],
    });
  });

  it('comes after what its session had done before', () => {
    const history = sessions({
      alice: [write('x', 1), unanswered(write('y', 2))],
      bob: [read('y', 2), read('x', null)],
    });
    expect(judge(history).pattern).toBe('WriteCOInitRead');
  });

  it('overwrites what its session had read, for whoever has read it', () => {
    const history = sessions({
      alice: [write('x', 1)],
      bob: [read('x', 1), unanswered(write('x', 2))],
      carol: [read('x', 2), read('x', 1)],
    });
    expect(judge(history)).toEqual({
      pattern: 'WriteCORead',
      operations: ['alice[0] write x=1', 'bob[1] write x=2, outcome unknown', 'carol[1] read x, got 1'],
    });
  });
});

describe('a history of a hundred thousand operations', () => {
  /** A counter that sessions in turn read and raise, so that every operation depends on all before it. */
  function relay(rounds: number): History {
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

  it('is acquitted when every operation builds on the one before', () => {
    expect(checkHistory(relay(50_000))).toEqual({
      consistent: true,
      operations: 100_000,
      sessions: 10,
      keys: 1,
    });
  });

  it('is convicted by its very last read', () => {
    const history = relay(50_000);
    history.sessions[3]?.operations.push(read('counter', 0));
    expect(judge(history)).toMatchObject({ pattern: 'WriteCORead' });
  });
});
