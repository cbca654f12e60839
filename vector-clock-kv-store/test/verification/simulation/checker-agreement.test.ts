import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../src/verification/history/check-history.ts';
import type { History, Operation } from '../../../src/verification/history/history.ts';
import { checkByDefinition } from '../../support/brute-force-checker.ts';
import { deletion, read, sessions, withUnknownOutcome, write } from '../../support/history-operations.ts';

type Draft = { kind: 'write' | 'delete' | 'read'; key: 'x' | 'y'; outcomeKnown: boolean; pick: number };

const drafts = fc.array(
  fc.array(
    fc.record<Draft>({
      kind: fc.constantFrom(
        'write',
        'write',
        'write',
        'delete',
        'read',
        'read',
        'read',
        'read',
        'read',
        'read',
      ),
      key: fc.constantFrom('x', 'x', 'y'),
      outcomeKnown: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
      pick: fc.nat(1_000),
    }),
    { maxLength: 6, size: 'max' },
  ),
  { minLength: 1, maxLength: 4, size: 'max' },
);

/** Small histories, consistent or not: reads return any value of their key, nothing, or an unwritten value. */
const histories = drafts.map((lists): History => {
  const keyOf = ({ key, pick }: Draft) => `${key}#${pick}`;
  const written: Record<'x' | 'y', string[]> = { x: [], y: [] };
  const named = lists.map((list, session) =>
    list.map((draft, index) => {
      const value = `${session}.${index} ${keyOf(draft)}`;
      if (draft.kind !== 'read') written[draft.key].push(value);
      return { draft, value };
    }),
  );
  const operation = ({ draft, value }: { draft: Draft; value: string }): Operation => {
    const { kind, key, outcomeKnown, pick } = draft;
    if (kind === 'read') {
      if (pick >= 990) return read(key, 'from nowhere');
      return read(key, written[key][pick % (written[key].length + 1)] ?? null);
    }
    const acknowledged = kind === 'write' ? write(key, value) : deletion(key, value);
    return outcomeKnown ? acknowledged : withUnknownOutcome(acknowledged);
  };
  return sessions(Object.fromEntries(named.map((list, session) => [`s${session}`, list.map(operation)])));
});

function pattern(history: History): string | undefined {
  const verdict = checkHistory(history);
  return verdict.consistent ? undefined : verdict.pattern;
}

describe('the checker, compared with the definitions by brute force', () => {
  it('finds the same first pattern in any small history with unambiguous reads', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const verdicts = checkByDefinition(history);
        fc.pre(verdicts.length === 1);
        expect(pattern(history)).toBe(verdicts[0]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('accepts every history that some interpretation of its ambiguous reads explains', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const verdicts = checkByDefinition(history);
        fc.pre(verdicts.length > 1 && verdicts.length < 200);
        if (pattern(history) !== undefined) expect(verdicts).not.toContain(undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('is compared on every pattern and on consistent histories', () => {
    const found = fc.sample(histories, { seed: 1, numRuns: 1_000 }).map(pattern);
    expect(new Set(found)).toEqual(
      new Set([undefined, 'ThinAirRead', 'CyclicCO', 'WriteCOInitRead', 'WriteCORead', 'CyclicCF']),
    );
  });
});
