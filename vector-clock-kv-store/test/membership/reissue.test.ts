import { describe, expect, it } from 'vitest';
import { RETIRED_KEY, Retirements, retirementIn, retirementValue } from '../../src/causality/retirements.ts';
import { type Version, withWrite } from '../../src/causality/versions.ts';
import { orphansAmong, reissue } from '../../src/membership/reissue.ts';

const clock = { node1: 5, node2: 7 };
const write = (
  versions: readonly Version[],
  retired = Retirements.none,
  at: Record<string, number> = clock,
) => reissue([{ key: 'x', value: 'orphan' }], 'node1~c1', at, () => versions, retired);

describe('orphansAmong', () => {
  it('finds the current values of writes after the fork', () => {
    const versions = (counter: number, value: string) => [{ sender: 'node1', value, vc: { node1: counter } }];
    const keys = [['a', versions(3, 'shared')] as const, ['b', versions(4, 'own')] as const];
    expect(orphansAmong(keys, { id: 'node1', after: 3 }, clock)).toEqual([{ key: 'b', value: 'own' }]);
  });
});

describe('reissue', () => {
  it('writes an orphan after everything that is known', () => {
    expect(write([])).toEqual([
      { sender: 'node1~c1', key: 'x', value: 'orphan', vc: { ...clock, 'node1~c1': 1 } },
    ]);
  });

  it('keeps the value that the key has now, as a sibling', () => {
    const current = [{ sender: 'node2', value: 'current', vc: { node1: 2, node2: 6 } }];
    const [orphan] = write(current);
    expect(orphan?.vc).toEqual({ node1: 5, node2: 5, 'node1~c1': 1 });
    const versions = orphan === undefined ? [] : withWrite(current, orphan, Retirements.none);
    expect(versions.map(({ value }) => value).sort()).toEqual(['current', 'orphan']);
  });

  it('keeps a value of a retired id too', () => {
    const retiring = {
      sender: 'node2',
      key: RETIRED_KEY,
      value: retirementValue(['node3~d1']),
      vc: { 'node3~d1': 4, node2: 7 },
    };
    const retirement = retirementIn(retiring);
    const retired = Retirements.none.with(retirement === undefined ? [] : [retirement]);
    const current = [{ sender: 'node3~d1', value: 'current', vc: { 'node3~d1': 4 } }];
    const [orphan] = write(current, retired, { ...clock, 'node3~d1': 4 });
    const versions = orphan === undefined ? [] : withWrite(current, orphan, retired);
    expect(versions.map(({ value }) => value).sort()).toEqual(['current', 'orphan']);
  });

  it('replaces a deletion, and repeats no deletion of nothing', () => {
    const deleted = [{ sender: 'node2', value: null, vc: { node2: 7 } }];
    const [orphan] = write(deleted);
    expect(orphan === undefined ? [] : withWrite(deleted, orphan, Retirements.none)).toHaveLength(1);
    const deletion = [{ key: 'x', value: null }];
    expect(reissue(deletion, 'node1~c1', clock, () => deleted, Retirements.none)).toEqual([]);
  });
});
