import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import { PeerProgress } from '../../src/replication/peer-progress.ts';

describe('the settled clock of a peer', () => {
  let delivered: VectorClock = {};
  const reported = (clock: VectorClock) => {
    const progress = new PeerProgress(() => delivered);
    progress.reset({ clock, life: '0123456789abcdef' });
    return progress;
  };

  it('is what it reported, once that has been delivered here', () => {
    delivered = { b: 1 };
    const progress = reported({ b: 2 });
    expect(progress.settled()).toEqual({});
    delivered = { b: 2 };
    expect(progress.settled()).toEqual({ b: 2 });
  });

  it('waits for the writes of others that it has: it may be the last one to pass them on', () => {
    delivered = { a: 3, b: 2 };
    const progress = reported({ a: 5, b: 2 });
    expect(progress.settled()).toEqual({});
    delivered = { a: 5, b: 2 };
    expect(progress.settled()).toEqual({ a: 5, b: 2 });
  });
});
