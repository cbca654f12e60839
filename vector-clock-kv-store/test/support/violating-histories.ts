import type { BadPattern } from '../../src/verification/history/verdict.ts';
import { read, sessions, write } from './history-operations.ts';

/** The smallest interesting history of each bad pattern. */
export const violatingHistories: Record<BadPattern, ReturnType<typeof sessions>> = {
  ThinAirRead: sessions({ alice: [write('x', 1)], bob: [read('x', 2)] }),
  CyclicCO: sessions({ alice: [read('x', 1), write('y', 2)], bob: [read('y', 2), write('x', 1)] }),
  WriteCOInitRead: sessions({
    alice: [write('photo', 1)],
    bob: [read('photo', 1), write('comment', 2)],
    carol: [read('comment', 2), read('photo', null)],
  }),
  WriteCORead: sessions({ alice: [write('x', 1), write('x', 2)], bob: [read('x', 2), read('x', 1)] }),
  CyclicCF: sessions({ alice: [write('x', 1), read('x', 2)], bob: [write('x', 2), read('x', 1)] }),
};
