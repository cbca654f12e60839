import { SeededRandom } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { planGridFaults } from '../../../src/chaos/grid/grid-faults.ts';
import { OPENING_MS } from '../../../src/chaos/opening-faults.ts';

const plan = (seed: number) => planGridFaults(['a', 'b', 'c'], 'balancer', 'entry', new SeededRandom(seed));

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

describe('planGridFaults', () => {
  it('begins with the opening faults', () => {
    for (const seed of seeds) {
      expect(
        plan(seed)
          .slice(0, 3)
          .map(({ kind }) => kind),
      ).toEqual(['pause', 'kill', 'disconnect']);
      for (const { atMs } of plan(seed).slice(3)) expect(atMs).toBeGreaterThanOrEqual(OPENING_MS);
    }
  });

  it('kills the balancer only after the last disconnection and entry fault', () => {
    for (const seed of seeds) {
      const before = plan(seed).filter(({ kind, nodes }) => kind === 'disconnect' || nodes[0] === 'entry');
      const endedAtMs = Math.max(...before.map(({ atMs, forMs }) => atMs + forMs));
      const onBalancer = plan(seed).filter(({ nodes }) => nodes[0] === 'balancer');
      for (const { atMs } of onBalancer) expect(atMs).toBeGreaterThan(endedAtMs);
    }
  });
});
