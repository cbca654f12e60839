import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../vector-clock-kv-store/src/soak/seeded-random.ts';
import { planGridStrikes } from '../../container-test/chaos/grid-strikes.ts';
import { OPENING_MS, planOpening } from '../../container-test/chaos/opening-strikes.ts';

const services = ['a', 'b', 'c'];

describe('the strikes that every run opens with', () => {
  it('are a kill, a pause and a disconnection, whatever the seed, none in the way of another', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const strikes = planOpening(services, new SeededRandom(seed));
        expect(strikes.map(({ kind }) => kind)).toEqual(['kill', 'pause', 'disconnect']);
        expect(strikes.flatMap(({ nodes }) => nodes).sort()).toEqual(services);
        for (const { atMs, forMs } of strikes) expect(atMs + forMs).toBeLessThan(OPENING_MS);
      }),
    );
  });

  it('come before all that chance adds', () => {
    const strikes = planGridStrikes(services, 'balancer', 'entry', new SeededRandom(7));
    expect(strikes.slice(0, 3).map(({ kind }) => kind)).toEqual(['kill', 'pause', 'disconnect']);
    for (const { atMs } of strikes.slice(3)) expect(atMs).toBeGreaterThanOrEqual(OPENING_MS);
  });

  it('need a service each', () => {
    expect(() => planOpening(['a', 'b'], new SeededRandom(1))).toThrow(RangeError);
  });
});

describe('the strikes on the grid', () => {
  it('never silence a substation while the balancer may lose its memory', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const strikes = planGridStrikes(services, 'balancer', 'entry', new SeededRandom(seed));
      const silent = strikes.filter(
        ({ kind, nodes }) => (kind === 'pause' || kind === 'disconnect') && nodes[0] !== 'balancer',
      );
      const over = Math.max(...silent.map(({ atMs, forMs }) => atMs + forMs));
      for (const { atMs, nodes } of strikes) if (nodes[0] === 'balancer') expect(atMs).toBeGreaterThan(over);
    }
  });
});
