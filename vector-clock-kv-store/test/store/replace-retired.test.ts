import { describe, expect, it } from 'vitest';
import { RETIRED_KEY, retirementValue } from '../../src/causality/retirements.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { createStore } from '../support/create-store.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe.each([
  ['in memory', async (): Promise<Storage> => new MemoryStorage()],
  ['on disk', (): Promise<Storage> => LmdbStorage.open(directory.path, 'node1')],
])('CausalStore.replace %s', (_kind, open) => {
  it('takes the retirements of the peer instead of those among the contradicting writes', async () => {
    const storage = await open();
    const forked = { sender: 'a', key: RETIRED_KEY, value: retirementValue(['b']), vc: { b: 3, a: 1 } };
    await storage.commit([write('b', 1), write('b', 2), write('b', 3), forked]);
    const store = createStore({ id: 'a~1', storage });
    const retired = [{ dot: { node: 'c', counter: 1 }, finals: { d: 2 } }];
    await store.replace(
      async () => ({ clock: { a: 1, c: 1 }, keys: [], next: undefined, retired }),
      () => ({ identity: { id: 'a~1', caughtUp: false }, writes: [] }),
    );
    expect(storage.clock).toEqual({ a: 1, c: 1, d: 2 });
    expect(storage.retired.all).toEqual(retired);
    expect(storage.retired.expand({ a: 1 })).toEqual({ a: 1 });
    await store.close();
  });
});
