import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../../src/causality/vector-clock.ts';
import { RecoveryWatch } from '../../../src/verification/soak-report/recovery-watch.ts';

/** A watch of two nodes whose clocks the test sets; undefined is a node that does not serve. */
function watch(clocks: { a: VectorClock | undefined; b: VectorClock | undefined }) {
  const scheduler = new VirtualClock();
  const clockOf = async (node: string) => (node === 'a' ? clocks.a : clocks.b);
  return { scheduler, recoveries: new RecoveryWatch({ nodes: ['a', 'b'], clockOf, scheduler }) };
}

describe('RecoveryWatch', () => {
  it('waits until a node serves with every write that there was when it was asked', async () => {
    const clocks: Parameters<typeof watch>[0] = { a: { a: 5 }, b: undefined };
    const { scheduler, recoveries } = watch(clocks);
    let recovered: boolean | undefined;
    void recoveries.recovered(['b']).then((is) => {
      recovered = is;
    });
    await scheduler.advanceAsync(150);
    clocks.b = { a: 4 };
    await scheduler.advanceAsync(200);
    expect(recovered).toBeUndefined();
    // Writes after the fault are none of its business.
    clocks.a = { a: 9 };
    clocks.b = { a: 5 };
    await scheduler.advanceAsync(200);
    expect(recovered).toBe(true);
  });

  it('ignores entries of ids that were retired meanwhile', async () => {
    const clocks: Parameters<typeof watch>[0] = { a: { a: 5, old: 3 }, b: { a: 5 } };
    const { scheduler, recoveries } = watch(clocks);
    const recovered = recoveries.recovered(['b']);
    await scheduler.advanceAsync(150);
    clocks.a = { a: 6 };
    await scheduler.advanceAsync(200);
    expect(await recovered).toBe(true);
  });

  it('gives up at the end, after a last look', async () => {
    const clocks: Parameters<typeof watch>[0] = { a: { a: 5 }, b: undefined };
    const { scheduler, recoveries } = watch(clocks);
    const [late, never] = [recoveries.recovered(['a']), recoveries.recovered(['b'])];
    await recoveries.end();
    expect(await late).toBe(true);
    expect(await never).toBe(false);
    expect(await recoveries.recovered(['a'])).toBe(false);
    await scheduler.advanceAsync(200);
  });
});
