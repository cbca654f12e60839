import { describe, expect, it } from 'vitest';
import type { Version } from '../../src/causality/versions.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { RecentVersions } from '../../src/storage/recent-versions.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const version = (value: Version['value'], counter = 1): Version => ({
  sender: 'a',
  value,
  vc: { a: counter },
});

describe('RecentVersions', () => {
  it('keeps the keys that were written last, up to 4,096', () => {
    const recent = new RecentVersions();
    for (let number = 0; number < 4_096; number++) recent.add(`key-${number}`, [version(number)]);
    recent.add('key-0', [version('again', 2)]);
    recent.add('new', [version('new')]);
    expect(recent.get('key-0')).toEqual([version('again', 2)]);
    expect(recent.get('new')).toEqual([version('new')]);
    expect(recent.get('key-1')).toBeUndefined();
    expect(recent.get('key-2')).toEqual([version(2)]);
  });

  it('leaves a long key to the database', () => {
    const recent = new RecentVersions();
    const key = 'k'.repeat(1_000);
    recent.add(key, [version('v'.repeat(24))]);
    expect(recent.get(key)).toHaveLength(1);
    recent.add(key, [version('v'.repeat(25))]);
    expect(recent.get(key)).toBeUndefined();
  });

  it.each<[string, Version[]]>([
    ['a deletion', [version(null)]],
    ['a long value', [version('v'.repeat(1_025))]],
    ['a value of unknown size', [version({ deep: [1] })]],
    ['siblings', [version(1), { sender: 'b', value: 2, vc: { b: 1 } }]],
    [
      'a long clock',
      [{ ...version(1), vc: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`n${n}`, 1])) }],
    ],
    ['no version', []],
  ])('leaves %s to the database, and forgets what was before', (_what, versions) => {
    const recent = new RecentVersions();
    recent.add('x', [version('before')]);
    recent.add('x', versions);
    expect(recent.get('x')).toBeUndefined();
  });
});

describe('a key that was written a moment ago', () => {
  const directory = temporaryDirectory();
  const values = (storage: LmdbStorage) => storage.versions('x').map(({ value }) => value);

  it('has its versions also after it was deleted and forgotten', async () => {
    const storage = await LmdbStorage.open(directory.path, 'node1');
    await storage.commit([write('a', 1)]);
    await storage.commit([{ sender: 'a', key: 'x', value: null, vc: { a: 2 } }]);
    expect(values(storage)).toEqual([null]);
    await storage.dropTombstones({ a: 2 });
    expect(values(storage)).toEqual([]);
    await storage.commit([write('a', 3)]);
    expect(values(storage)).toEqual([3]);
    await storage.close();
  });

  it('has the versions of a snapshot that was installed, and of the writes after it', async () => {
    const storage = await LmdbStorage.open(directory.path, 'node1');
    for (const counter of [1, 2]) {
      await storage.commit([write('a', counter)]);
      await storage.beginInstall();
      await storage.stage([['x', [version(`staged ${counter}`, counter + 10)]]]);
      await storage.installStaged({ a: counter + 10 });
      expect(values(storage)).toEqual([`staged ${counter}`]);
    }
    await storage.commit([write('a', 13)]);
    expect(values(storage)).toEqual([13]);
    await storage.close();
  });
});
