import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { DepartedReplicas } from '../../../load_balancer/fleet/departed-replicas.ts';

describe('DepartedReplicas', () => {
  it('names those that are large enough, until they return or ten minutes have passed', () => {
    const clock = new VirtualClock();
    const departed = new DepartedReplicas(() => clock.now());
    departed.left('small', 80);
    departed.left('large', 120);
    departed.left('unknown', undefined);
    expect(departed.largeEnough(100)).toEqual(['large', 'unknown']);
    departed.returned('large');
    expect(departed.largeEnough(100)).toEqual(['unknown']);
    clock.advance(10 * 60_000);
    expect(departed.largeEnough(80)).toEqual(['small', 'unknown']);
    clock.advance(1);
    expect(departed.largeEnough(0)).toEqual([]);
  });

  it('remembers a bounded number', () => {
    const departed = new DepartedReplicas(() => 0);
    for (let n = 0; n < 1_500; n++) departed.left(`replica-${n}`, 100);
    expect(departed.largeEnough(1)).toHaveLength(1_000);
  });
});
