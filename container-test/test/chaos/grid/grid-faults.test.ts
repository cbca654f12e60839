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

  it('includes a gray failure of a substation and dead connections of the balancer', () => {
    for (const seed of seeds) {
      const kinds = plan(seed).map(({ kind, nodes }) => `${kind} ${nodes[0]}`);
      expect(kinds.filter((kind) => /^gray [abc]$/.test(kind))).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'readdress balancer')).toHaveLength(1);
    }
  });

  it('kills the balancer only after the last disconnection and entry fault', () => {
    for (const seed of seeds) {
      const before = plan(seed).filter(
        ({ kind, nodes }) => ['disconnect', 'gray', 'readdress'].includes(kind) || nodes[0] === 'entry',
      );
      const endedAtMs = Math.max(...before.map(({ atMs, forMs }) => atMs + forMs));
      const onBalancer = plan(seed).filter(
        ({ kind, nodes }) => nodes[0] === 'balancer' && kind !== 'readdress',
      );
      for (const { atMs } of onBalancer) expect(atMs).toBeGreaterThan(endedAtMs);
    }
  });
});
