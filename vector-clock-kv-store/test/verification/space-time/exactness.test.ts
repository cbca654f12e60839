import { describe, expect, it } from 'vitest';
import { type ClockedEvent, findInexactness } from '../../../src/verification/space-time/exactness.ts';

const at = (host: string, clock: Record<string, number>): ClockedEvent => ({ host, clock });

describe('findInexactness', () => {
  it('accepts a log in which every clock counts the events in its past', () => {
    const log = [at('a', { a: 1 }), at('a', { a: 2 }), at('b', { b: 1, a: 2 }), at('a', { a: 3 })];
    expect(findInexactness(log)).toBeUndefined();
  });

  it('accepts events in any order', () => {
    expect(findInexactness([at('b', { a: 1, b: 1 }), at('a', { a: 1 })])).toBeUndefined();
  });

  it.each([
    ['a clock without its own host', [at('a', { b: 1 })], 'without a'],
    ['two events with the same number', [at('a', { a: 1 }), at('a', { a: 1 })], 'two events number 1'],
    ['a host that does not start at 1', [at('a', { a: 2 })], 'none number 1'],
    ['a host that skips a number', [at('a', { a: 1 }), at('a', { a: 3 })], 'none number 2'],
    [
      'a clock that counts an event outside the log',
      [at('a', { a: 1, b: 1 })],
      'event 1 of b, which is not in the log',
    ],
    [
      'a clock that counts an event but not its causes',
      [at('a', { a: 1 }), at('b', { b: 1, a: 1 }), at('c', { c: 1, b: 1 })],
      'not all its causes',
    ],
    [
      'a clock that counts less than the one before it',
      [at('a', { a: 1 }), at('b', { b: 1, a: 1 }), at('b', { b: 2 })],
      'counts less than the event before it',
    ],
    [
      'two events that count each other',
      [at('a', { a: 1, b: 1 }), at('b', { b: 1, a: 1 })],
      'count each other',
    ],
  ])('rejects %s', (_title, log, reason) => {
    expect(findInexactness(log)).toContain(reason);
  });
});
