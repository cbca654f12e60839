import { describe, expect, it } from 'vitest';
import { RETIRED_KEY, retirementValue } from '../../src/causality/retirements.ts';
import type { Write } from '../../src/causality/write.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** `b` retires `a`; its next write has the retirement, and so the write of `a`, in its past. */
const retirement: Write = {
  sender: 'b',
  key: RETIRED_KEY,
  value: retirementValue(['a']),
  vc: { a: 1, b: 1 },
};
const later: Write = { sender: 'b', key: 'x', value: 'later', vc: { b: 2 } };
const further = { dot: { node: 'c', counter: 9 }, finals: { d: 4 } };

describe.each([
  ['in memory', async (): Promise<Storage> => new MemoryStorage()],
  ['on disk', (): Promise<Storage> => LmdbStorage.open(directory.path, 'node1')],
])('storage %s', (_kind, open) => {
  it('replaces a version of a retired id by a write whose clock omits the id', async () => {
    const storage = await open();
    await storage.commit([write('a', 1), retirement, later]);
    expect(storage.versions('x').map(({ value }) => value)).toEqual(['later']);
    expect(storage.clock).toEqual({ a: 1, b: 2 });
    expect(storage.retired.compact(storage.clock)).toEqual({ b: 2 });
    await storage.close();
  });

  it('keeps the retirements of a snapshot beside its own', async () => {
    const storage = await open();
    await storage.commit([write('a', 1), retirement]);
    await Promise.all([storage.addRetired([further]), storage.commit([later])]);
    expect(storage.retired.all.map(({ finals }) => finals)).toEqual([{ a: 1 }, { d: 4 }]);
    const snapshot = storage.openSnapshot();
    expect(snapshot.clock).toEqual({ a: 1, b: 2 });
    expect(snapshot.retired.size).toBe(2);
    snapshot.close();
    await storage.close();
  });
});

describe('LmdbStorage', () => {
  it('has the retirements and the whole clock again after a restart', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await first.commit([write('a', 1), retirement, later]);
    await first.addRetired([further]);
    await first.close();
    const second = await LmdbStorage.open(directory.path, 'node1');
    expect(second.clock).toEqual({ a: 1, b: 2 });
    expect(second.retired.all).toEqual([{ dot: { node: 'b', counter: 1 }, finals: { a: 1 } }, further]);
    await second.commit([{ ...later, vc: { b: 3 }, value: 'last' }]);
    expect(second.versions('x').map(({ value }) => value)).toEqual(['last']);
    await second.close();
  });
});
