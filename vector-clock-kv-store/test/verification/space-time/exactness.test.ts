import { describe, expect, it } from 'vitest';
import { findInexactness, type Stamped } from '../../../src/verification/space-time/exactness.ts';

const at = (host: string, clock: Record<string, number>): Stamped => ({ host, clock });

describe('a log is exact', () => {
  it('when every clock counts the events in its past', () => {
    const log = [at('a', { a: 1 }), at('a', { a: 2 }), at('b', { b: 1, a: 2 }), at('a', { a: 3 })];
    expect(findInexactness(log)).toBeUndefined();
  });

  it('in whatever order its events stand', () => {
    expect(findInexactness([at('b', { a: 1, b: 1 }), at('a', { a: 1 })])).toBeUndefined();
  });
});

describe('a log is refused', () => {
  it.each([
    ['when a clock lacks its own host', [at('a', { b: 1 })], 'without a'],
    ['when two events have one number', [at('a', { a: 1 }), at('a', { a: 1 })], 'two events number 1'],
    ['when a host does not start at 1', [at('a', { a: 2 })], 'none number 1'],
    ['when a host skips a number', [at('a', { a: 1 }), at('a', { a: 3 })], 'none number 2'],
    [
      'when an event is counted that is not there',
      [at('a', { a: 1, b: 1 })],
      'event 1 of b, which is not in the log',
    ],
    [
      'when a clock does not know what an event that it counts knew',
      [at('a', { a: 1 }), at('b', { b: 1, a: 1 }), at('c', { c: 1, b: 1 })],
      'not all that knew',
    ],
    [
      'when a host forgets',
      [at('a', { a: 1 }), at('b', { b: 1, a: 1 }), at('b', { b: 2 })],
      'knows less than the one before',
    ],
    [
      'when two events know each other',
      [at('a', { a: 1, b: 1 }), at('b', { b: 1, a: 1 })],
      'know each other',
    ],
  ])('%s', (_when, log, reason) => {
    expect(findInexactness(log)).toContain(reason);
  });
});
