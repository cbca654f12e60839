import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/verification/simulation/simulate.ts';

describe('schedules that the store once failed', () => {
  it.each([
    [2_937, 'a node without its disk served before its peers responded'],
    [102_541, 'a node dropped its data for a snapshot that never came'],
    [111_114, 'a node reused a name with an acknowledged write'],
    [116_316, 'a node reused a name with a write still being stored elsewhere'],
    [33_203, 'a snapshot was installed while a write waited for its commit to start'],
    [41_765, 'a node was admitted again after its peers had dropped a concurrent deletion'],
    [61_369, 'no node could admit another, because each had been removed by one'],
    [604, 'a life that had only claimed an id passed for the author of its writes'],
    [400, 'a node that said nothing of its address was called where a second process had been'],
    [448, 'a second process that was refused still changed the address of its name'],
    [202_096, 'a node that was fenced while it was removed failed instead of waiting to be admitted'],
    [218_036, 'a restored node that had removed all others confirmed its own numbering'],
    [217_044, 'an address of a second process stayed on record, because a full disk refused the correction'],
    [205_678, 'a node that moved looked for a member only where a second process had been'],
    [3_336, 'the writes of a life that a restored disk did not know were refused for good'],
    [400_289, 'two nodes that were restored together confirmed each other, and diverged from the third'],
    [
      610_701,
      'a node that was restored alone dropped a deletion to which a member that it did not know wrote',
    ],
    [942_031, 'a deletion was forgotten while a node that returned was neither removed nor linked'],
    [930_697, 'a full buffer waited for a write of the node whose other writes it refused'],
    [900_215, 'a node whose id was retired while it was removed never sent what it had written since'],
    [400_069, 'a node that was restored alone, from a copy that named no others, reused counters'],
  ])('passes seed %i: %s', async (seed) => {
    expect((await simulate(seed)).findings).toEqual([]);
  });
});
