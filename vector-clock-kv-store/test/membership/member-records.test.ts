import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currentPeers,
  isRemoved,
  type MemberRecords,
  readRecords,
  withMember,
  withoutMember,
} from '../../src/membership/member-records.ts';

const node = (id: string) => ({ id, url: `http://${id}:5000` });
const version = (records: MemberRecords, sender = 'a') => ({ sender, value: records, vc: { [sender]: 1 } });

describe('member records', () => {
  it('give the members: configured and joined nodes without removed ones', () => {
    const configured = [node('b'), node('c')];
    expect(currentPeers('a', configured, {})).toEqual(configured);
    const joined = withMember({}, node('d'));
    expect(currentPeers('a', configured, joined)).toEqual([node('b'), node('c'), node('d')]);
    const left = withoutMember(joined, node('c'));
    expect(currentPeers('a', configured, left)).toEqual([node('b'), node('d')]);
    expect(isRemoved(left, 'c')).toBe(true);
    expect(currentPeers('a', configured, withMember(left, node('c')))).toEqual([
      node('b'),
      node('c'),
      node('d'),
    ]);
  });

  it('never list the node itself as a peer', () => {
    expect(currentPeers('d', [node('a')], withMember({}, node('d')))).toEqual([node('a')]);
  });

  it('accept a node named after a property of every object', () => {
    const records = withMember({}, node('constructor'));
    expect(readRecords([version(records)])).toEqual(records);
  });

  it('combine concurrent changes at two nodes', () => {
    const both = readRecords([version(withMember({}, node('d'))), version(withMember({}, node('e')), 'b')]);
    expect(
      currentPeers('a', [], both)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['d', 'e']);
  });

  it('prefer a removal to a concurrent change of URL', () => {
    const before = withMember({}, node('d'));
    const moved = withMember(before, { id: 'd', url: 'http://elsewhere:5000' });
    expect(
      isRemoved(readRecords([version(moved), version(withoutMember(before, node('d')), 'b')]), 'd'),
    ).toBe(true);
  });

  it('do not depend on the order of the versions', () => {
    const record = fc.record({ url: fc.constant('http://x:1'), revision: fc.nat(3), removed: fc.boolean() });
    const records = fc.dictionary(fc.constantFrom('d', 'e', 'constructor'), record, {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fc.array(records, { maxLength: 4 }), (all) => {
        const versions = all.map((value) => version(value));
        expect(readRecords([...versions].reverse())).toEqual(readRecords(versions));
      }),
    );
  });

  it('ignore an invalid version', () => {
    expect(
      readRecords([version(withMember({}, node('d'))), { sender: 'b', value: 'nonsense', vc: { b: 1 } }]),
    ).toEqual(withMember({}, node('d')));
  });
});
