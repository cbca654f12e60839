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

  it('disconnects substations and kills the entry also while it kills the balancer', () => {
    const after = (seed: number) => {
      const onBalancer = plan(seed).filter(
        ({ kind, nodes }) => nodes[0] === 'balancer' && kind !== 'readdress',
      );
      const firstAtMs = Math.min(...onBalancer.map(({ atMs }) => atMs));
      return plan(seed).filter(({ atMs }) => atMs > firstAtMs);
    };
    const faults = seeds.flatMap(after);
    expect(faults.some(({ kind }) => kind === 'disconnect')).toBe(true);
    expect(faults.some(({ kind }) => kind === 'wipe')).toBe(true);
    expect(faults.some(({ nodes }) => nodes[0] === 'entry')).toBe(true);
  });

  it('takes disks of substations only', () => {
    const wiped = seeds.flatMap(plan).filter(({ kind }) => kind === 'wipe');
    for (const { nodes } of wiped) expect(['a', 'b', 'c']).toContain(nodes[0]);
  });
});
