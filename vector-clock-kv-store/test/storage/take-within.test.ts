import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { takeWithin } from '../../src/storage/take-within.ts';

/** An endless log of writes of about 1,000 bytes. `read` counts how many were read. */
function endlessLog() {
  const log = {
    read: 0,
    *[Symbol.iterator](): Generator<Write> {
      for (let counter = 1; ; counter++) {
        log.read = counter;
        yield { sender: 'a', key: 'x', value: 'v'.repeat(950), vc: { a: counter } };
      }
    },
  };
  return log;
}

describe('takeWithin', () => {
  it.each([
    ['bytes', { writes: 1_000, bytes: 3_500 }, 3],
    ['writes', { writes: 2, bytes: 1_000_000 }, 2],
    ['bytes, but takes at least one write', { writes: 1_000, bytes: 1 }, 1],
  ])('respects the limit of %s, and reads at most one write more', (_what, limit, expected) => {
    const log = endlessLog();
    expect(takeWithin(limit, log).map(({ vc }) => vc.a)).toEqual(
      Array.from({ length: expected }, (_, index) => index + 1),
    );
    expect(log.read).toBeLessThanOrEqual(expected + 1);
  });
});
