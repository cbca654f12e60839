import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENING_MS, planOpening } from '../../src/chaos/opening-faults.ts';

const services = ['a', 'b', 'c'];

describe('the strikes that every run opens with', () => {
  it('are a pause, a kill and a disconnection, whatever the seed, none in the way of another', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const strikes = planOpening(services, new SeededRandom(seed));
        expect(strikes.map(({ kind }) => kind)).toEqual(['pause', 'kill', 'disconnect']);
        expect(strikes.flatMap(({ nodes }) => nodes).sort()).toEqual(services);
        for (const { atMs, forMs } of strikes) expect(atMs + forMs).toBeLessThan(OPENING_MS);
      }),
    );
  });

  it('need a service each', () => {
    expect(() => planOpening(['a', 'b'], new SeededRandom(1))).toThrow(RangeError);
  });
});
