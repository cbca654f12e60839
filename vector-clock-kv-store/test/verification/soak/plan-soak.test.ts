import { describeFault } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { planSoak } from '../../../src/verification/soak/run-soak.ts';

/** Every kind of fault that local processes can have. */
const KINDS = [
  ...['hold', 'drop', 'duplicate', 'reorder', 'delay', 'cut', 'disconnect', 'split', 'flood'],
  ...['kill', 'pause', 'wipe', 'restore', 'twin', 'readdress'],
];

describe('planSoak', () => {
  it('plans every kind of fault in the minute that CI runs', () => {
    const planned = planSoak({ seconds: 60, seed: 1, nodes: 3 });
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(KINDS));
  });

  it('begins no fault in the last seconds', () => {
    const planned = planSoak({ seconds: 60, seed: 1, nodes: 3 });
    for (const fault of planned) expect(fault.atMs, describeFault(fault)).toBeLessThan(57_000);
  });
});
