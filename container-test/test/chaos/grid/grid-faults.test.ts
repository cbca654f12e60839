import { SeededRandom } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { planGridStrikes } from '../../../src/chaos/grid/grid-faults.ts';
import { OPENING_MS } from '../../../src/chaos/opening-faults.ts';

const plan = (seed: number) => planGridStrikes(['a', 'b', 'c'], 'balancer', 'entry', new SeededRandom(seed));

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

describe('the strikes on the grid', () => {
  it('begin with the opening, before all that chance adds', () => {
    for (const seed of seeds) {
      expect(
        plan(seed)
          .slice(0, 3)
          .map(({ kind }) => kind),
      ).toEqual(['pause', 'kill', 'disconnect']);
      for (const { atMs } of plan(seed).slice(3)) expect(atMs).toBeGreaterThanOrEqual(OPENING_MS);
    }
  });

  it('take the balancer its memory only once no substation is cut off and the entry is left alone', () => {
    for (const seed of seeds) {
      const before = plan(seed).filter(({ kind, nodes }) => kind === 'disconnect' || nodes[0] === 'entry');
      const over = Math.max(...before.map(({ atMs, forMs }) => atMs + forMs));
      const onBalancer = plan(seed).filter(({ nodes }) => nodes[0] === 'balancer');
      for (const { atMs } of onBalancer) expect(atMs).toBeGreaterThan(over);
    }
  });
});
