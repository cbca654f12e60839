import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replica } from '../../src/causality/replica.ts';
import { Retirements } from '../../src/causality/retirements.ts';
import { compare, zeroClock } from '../../src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../src/causality/versions.ts';
import type { Write } from '../../src/causality/write.ts';
import { arrivals } from '../support/causal-run.ts';

function after(writes: readonly Write[]): readonly Version[] {
  return writes.reduce<readonly Version[]>(
    (versions, write) => withWrite(versions, write, Retirements.none),
    [],
  );
}

/** The versions of one key at a node that receives the writes in this order. */
function versionsAt(arriving: readonly Write[], key: string): readonly Version[] {
  const replica = new Replica('observer', zeroClock, { writes: 1_000, bytes: 1e9 });
  const delivered = arriving.flatMap((write) => {
    const receipt = replica.receive(write);
    return receipt.status === 'applied' ? receipt.delivered : [];
  });
  return after(delivered.filter((write) => write.key === key));
}

describe('withWrite', () => {
  it('replaces the versions that the writer had seen', () => {
    const versions = after([
      { sender: 'a', key: 'x', value: 1, vc: { a: 1 } },
      { sender: 'b', key: 'x', value: 2, vc: { a: 1, b: 1 } },
    ]);
    expect(versions).toEqual([{ sender: 'b', value: 2, vc: { a: 1, b: 1 } }]);
  });

  it('keeps concurrent writes as siblings until a write that has seen them all', () => {
    const apples = { sender: 'a', key: 'cart', value: 'apples', vc: { a: 1 } };
    const pears = { sender: 'b', key: 'cart', value: 'pears', vc: { b: 1 } };
    expect(after([apples, pears]).map(({ value }) => value)).toEqual(['pears', 'apples']);
    const both = { sender: 'a', key: 'cart', value: 'both', vc: { a: 2, b: 1 } };
    expect(after([apples, pears, both]).map(({ value }) => value)).toEqual(['both']);
  });

  it('ignores a write that the versions already include, as after a snapshot', () => {
    const first = { sender: 'a', key: 'x', value: 1, vc: { a: 1 } };
    const second = { sender: 'b', key: 'x', value: 2, vc: { a: 1, b: 1 } };
    expect(after([second, first])).toEqual(after([second]));
    expect(after([second, second])).toEqual(after([second]));
  });

  it('ranks siblings by the sum of their clock entries, then by sender', () => {
    const wide = { sender: 'a', key: 'x', value: 'wide', vc: { a: 1, c: 3 } };
    const narrow = { sender: 'b', key: 'x', value: 'narrow', vc: { b: 1 } };
    const level = { sender: 'd', key: 'x', value: 'level', vc: { d: 4 } };
    expect(after([narrow, wide])[0]?.value).toBe('wide');
    expect(after([narrow, wide, level])[0]?.value).toBe('level');
  });

  it('counts what a clock implies, so that no write loses to one that its past has overruled', () => {
    const retired = Retirements.none.with([{ dot: { node: 'b', counter: 1 }, finals: { 'a~1': 3 } }]);
    const compact = { sender: 'c', key: 'x', value: 'compact', vc: { b: 1, c: 1 } };
    const plain = { sender: 'd', key: 'x', value: 'plain', vc: { d: 4 } };
    for (const [first, second] of [
      [compact, plain],
      [plain, compact],
    ] as const)
      expect(withWrite([first], second, retired).map(({ value }) => value)).toEqual(['compact', 'plain']);
  });

  it('converges: the same writes in any order give the same versions', () => {
    fc.assert(
      fc.property(arrivals, ({ made, arriving }) => {
        for (const key of ['k0', 'k1', 'k2'])
          expect(versionsAt(arriving, key)).toEqual(versionsAt(made, key));
      }),
    );
  });

  it('keeps exactly the writes that no other write of the key has seen', () => {
    fc.assert(
      fc.property(arrivals, ({ made, arriving }) => {
        const ofKey = made.filter(({ key }) => key === 'k0');
        const latest = ofKey.filter(
          (write) => !ofKey.some((other) => compare(write.vc, other.vc) === 'before'),
        );
        const kept = versionsAt(arriving, 'k0').map(({ value }) => Number(value));
        expect(kept.sort((left, right) => left - right)).toEqual(latest.map(({ value }) => Number(value)));
      }),
    );
  });
});
