import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTombstone, type Version } from '../../src/causality/versions.ts';
import { type DeferredKey, DeferredKeys } from '../../src/storage/deferred-keys.ts';

const version = (value: Version['value'], counter: number): Version => ({
  sender: 'a',
  value,
  vc: { a: counter },
});

const key = fc.constantFrom('x', 'y', 'z');
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.constantFrom('v', null) }),
  fc.record({ do: fc.constantFrom('take' as const, 'storedOne' as const, 'notStored' as const) }),
);

describe('deferred keys', () => {
  it('and the key space together have the last versions of every key, and count their deletions', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const deferred = new DeferredKeys();
        const space = new Map<string, readonly Version[]>();
        const last = new Map<string, readonly Version[]>();
        let taken: [string, DeferredKey][] = [];
        const tombstonesIn = (keys: typeof space) => [...keys.values()].filter(isTombstone).length;
        for (const [index, action] of steps.entries()) {
          if (action.do === 'set') {
            const versions = [version(action.value, index + 1)];
            deferred.set(action.key, versions, last.get(action.key) ?? []);
            last.set(action.key, versions);
          } else if (action.do === 'notStored') {
            deferred.notStored();
            taken = [];
          } else if (action.do === 'take') {
            if (taken.length === 0) taken = [...deferred.take()];
          } else {
            const [name, { versions, wasTombstone } = { versions: [], wasTombstone: false }] =
              taken.shift() ?? [];
            if (name === undefined) continue;
            expect(wasTombstone).toBe(isTombstone(space.get(name) ?? []));
            space.set(name, versions);
            deferred.stored([name]);
          }
          for (const name of ['x', 'y', 'z'])
            expect(deferred.versions(name) ?? space.get(name)).toEqual(last.get(name));
          expect(new Map([...space, ...deferred.keys()])).toEqual(last);
          expect(tombstonesIn(space) + deferred.tombstones).toBe(tombstonesIn(last));
        }
      }),
    );
  });

  it('are full with 4,096 keys, also when those that were taken could not be stored', () => {
    const deferred = new DeferredKeys();
    for (let number = 1; number <= 4_095; number++) deferred.set(`key-${number}`, [version('v', number)], []);
    deferred.set('key-1', [version('again', 4_096)], [version('v', 1)]);
    expect(deferred.isFull).toBe(false);
    deferred.take();
    deferred.set('another', [version('v', 4_097)], []);
    expect(deferred.isFull).toBe(false);
    deferred.notStored();
    expect(deferred.isFull).toBe(true);
  });

  it('are full with 4 MiB, however few keys these are: 2 Mi characters, which may take two bytes each', () => {
    const deferred = new DeferredKeys();
    deferred.set('x', [version('v'.repeat(1.5 * 1024 * 1024), 1)], []);
    expect(deferred.isFull).toBe(false);
    deferred.set('y', [version('v'.repeat(0.5 * 1024 * 1024), 2)], []);
    expect(deferred.isFull).toBe(true);
    deferred.take();
    expect(deferred.isFull).toBe(false);
    deferred.notStored();
    expect(deferred.isFull).toBe(true);
  });
});
