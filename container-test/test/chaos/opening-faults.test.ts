import { SeededRandom } from '@gridclock/simulation-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENING_MS, planOpening } from '../../src/chaos/opening-faults.ts';

const services = ['a', 'b', 'c'];

describe('planOpening', () => {
  it('plans a pause, a kill and a disconnection on separate services', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const faults = planOpening(services, new SeededRandom(seed));
        expect(faults.map(({ kind }) => kind)).toEqual(['pause', 'kill', 'disconnect']);
        expect(faults.flatMap(({ nodes }) => nodes).sort()).toEqual(services);
        for (const { atMs, forMs } of faults) expect(atMs + forMs).toBeLessThan(OPENING_MS);
      }),
    );
  });

  it('rejects fewer services than faults', () => {
    expect(() => planOpening(['a', 'b'], new SeededRandom(1))).toThrow(RangeError);
  });
});
