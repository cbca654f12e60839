import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check-history.ts';
import type { History } from '../../../src/verification/history/history.ts';
import { checkSessionGuarantees } from '../../../src/verification/history/session-guarantees.ts';
import {
  causalCore,
  eagerCore,
  recordSchedule,
  type Step,
  schedules,
} from '../../support/scheduled-store.ts';

const step = (action: Step['action'], session: number, node: number, key = 0): Step => ({
  action,
  session,
  node,
  key,
  pick: 0,
  lost: 'nothing',
});

/** Session 0 writes k0 at n0. Session 1 reads it at n1 and writes k1. n2 receives k1 before k0. */
const overtaking: Step[] = [
  step('put', 0, 0, 0),
  step('deliver', 0, 1),
  step('get', 1, 1, 0),
  step('put', 1, 1, 1),
  { ...step('deliver', 0, 2), pick: 1 },
  step('get', 2, 2, 1),
  step('get', 2, 2, 0),
];

describe('a store with a broken delivery rule', () => {
  it('is inconsistent when a write overtakes its cause', async () => {
    expect(checkHistory(await recordSchedule(overtaking, eagerCore))).toMatchObject({
      consistent: false,
      pattern: 'WriteCOInitRead',
      operations: [
        { session: 's0', index: 0, text: 's0[0] write k0="s0#1" at n0' },
        { session: 's2', index: 1, text: 's2[1] read k0, got nothing at n2' },
      ],
    });
  });

  it('is consistent on the same schedule with the correct rule', async () => {
    expect(checkHistory(await recordSchedule(overtaking, causalCore))).toMatchObject({ consistent: true });
  });

  it('is inconsistent on random schedules where the correct store is consistent', async () => {
    let inconsistent = 0;
    for (const steps of fc.sample(schedules(200), { seed: 1, numRuns: 100 })) {
      if (!checkHistory(await recordSchedule(steps, eagerCore)).consistent) inconsistent++;
      expect(checkHistory(await recordSchedule(steps, causalCore))).toMatchObject({ consistent: true });
    }
    expect(inconsistent).toBeGreaterThan(10);
  });
});

describe('a store with the correct delivery rule', () => {
  it('is consistent on any schedule with deletions and lost messages', async () => {
    await fc.assert(
      fc.asyncProperty(schedules(200), async (steps) => {
        const history = await recordSchedule(steps, causalCore);
        expect(checkHistory(history)).toMatchObject({ consistent: true });
        expect(checkSessionGuarantees(history)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is inconsistent once a read is forged to return an overwritten value', async () => {
    await fc.assert(
      fc.asyncProperty(schedules(100), fc.nat(), async (steps, pick) => {
        const history = await recordSchedule(steps, causalCore);
        const forgeries = forgeriesOf(history);
        fc.pre(forgeries.length > 0);
        forgeries[pick % forgeries.length]?.();
        expect(checkHistory(history).consistent).toBe(false);
      }),
    );
  });
});

/**
 * Lists changes to a history. Each makes one read return a value that its session had written or read before
 * it wrote or read another value of the key.
 */
function forgeriesOf({ sessions }: History): (() => void)[] {
  return sessions.flatMap(({ operations }) =>
    operations.flatMap((read, index) => {
      if (read.kind !== 'read') return [];
      const known = operations
        .slice(0, index)
        .filter((earlier) => earlier.key === read.key && earlier.value !== null)
        .filter(
          (earlier) => earlier.kind === 'read' || (earlier.kind === 'write' && earlier.status !== 'unknown'),
        );
      const newest = known.at(-1);
      return known
        .filter(({ value }) => value !== newest?.value)
        .map(({ value }) => () => {
          read.value = value;
        });
    }),
  );
}
