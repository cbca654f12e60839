import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/verification/simulation/simulate.ts';

describe('schedules in which the store once failed', () => {
  it.each([
    [
      2_937,
      'a node that lost its disk served before its peers answered, and their logs no longer reached back',
    ],
    [102_541, 'a node gave up what it had for a snapshot that never came'],
    [111_114, 'a node took a name under which a write had been made'],
    [116_316, 'a node took a name under which a write was still being stored elsewhere'],
  ])('pass now: seed %i, %s', async (seed) => {
    expect((await simulate(seed)).findings).toEqual([]);
  });
});
