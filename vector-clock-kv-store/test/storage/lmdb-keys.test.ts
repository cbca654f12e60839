import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Key, open } from 'lmdb';
import { describe, expect, it } from 'vitest';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { backUp } from '../../src/storage/lmdb-backup.ts';
import { LmdbMeta } from '../../src/storage/lmdb-meta.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const folder = (name: string) => join(directory.path, name);

/** What a client can see of a storage. */
const seenIn = (storage: Storage) => ({
  clock: storage.clock,
  keys: new Map(storage.scan()),
  tombstones: storage.tombstones,
});

/** What the data says of the keys that it lacks. */
async function marksIn(path: string) {
  const root = open<unknown, Key>({ path, noSubdir: false, maxDbs: 6 });
  const meta = new LmdbMeta(root, 'data.mdb');
  const marks = { format: meta.get('format'), keysUpTo: meta.get('keysUpTo') };
  const space = root.openDB<Buffer, Buffer>({
    name: 'versions-a',
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const keys = [...space.getKeys()].map(String);
  await root.close();
  return { ...marks, keys };
}

/** Copies data as a process that is killed leaves it. */
async function killedCopy(name: string): Promise<string> {
  await cp(folder('data'), folder(name), { recursive: true });
  return folder(name);
}

describe('a key that was written', () => {
  it('is visible at once, and stored later, once for all its writes', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    for (let counter = 1; counter <= 3; counter++) await storage.commit([write('a', counter)]);
    expect(storage.versions('x')).toEqual([{ sender: 'a', value: 3, vc: { a: 3 } }]);
    expect(await marksIn(await killedCopy('killed'))).toEqual({ format: 3, keysUpTo: {}, keys: [] });
    await storage.close();
    expect(await marksIn(folder('data'))).toEqual({ format: 1, keysUpTo: null, keys: ['x'] });
  });

  it('is there after a crash, because the log has it', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    await storage.commit([write('a', 1), write('b', 1), write('a', 2, 'y')]);
    const again = await LmdbStorage.open(await killedCopy('killed'), 'node1');
    expect(seenIn(again)).toEqual(seenIn(storage));
    await storage.close();
    await again.commit([write('b', 2, 'y')]);
    expect(again.versions('y')).toHaveLength(2);
    await again.close();
  });

  it('is in a backup of a node that runs, in a form that earlier releases can read', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    await storage.commit([write('a', 1), write('a', 2, 'y')]);
    await backUp(folder('data'), folder('backup'));
    expect(await marksIn(folder('backup'))).toEqual({ format: 1, keysUpTo: null, keys: ['x', 'y'] });
    await storage.close();
  });

  it('is in a snapshot, also of a moment at which it was not stored', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    await storage.commit([write('a', 1), write('a', 2, 'z')]);
    await storage.prune({ a: 2 });
    await storage.commit([write('a', 3, 'y'), write('a', 4, 'z')]);
    const snapshot = storage.openSnapshot();
    await storage.commit([write('a', 5, 'y')]);
    await storage.prune({ a: 5 });
    expect(snapshot.clock).toEqual({ a: 4 });
    const { keys } = snapshot.page(undefined, 1_000_000);
    expect(keys.map(([key, [version]]) => [key, version?.value])).toEqual([
      ['x', 1],
      ['y', 3],
      ['z', 4],
    ]);
    snapshot.close();
    await storage.close();
  });

  it('is stored before its writes are pruned from the log', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    await storage.commit([write('a', 1), write('a', 2)]);
    await storage.prune({ a: 1 });
    expect(await marksIn(await killedCopy('killed'))).toEqual({ format: 3, keysUpTo: { a: 2 }, keys: ['x'] });
    await storage.close();
  });
});

describe('storing many keys', () => {
  const MANY = 10_000;
  const writes = (from: number) =>
    Array.from({ length: MANY }, (_, index) => write('a', from + index, `key-${index}`));

  it('happens while further writes are committed, and a crash at any moment loses none', async () => {
    let transactions = 0;
    let crashAt = Number.POSITIVE_INFINITY;
    const storage = await LmdbStorage.open(folder('data'), 'node1', async (attempt) => {
      // What comes after the crash never happens.
      if (++transactions > crashAt) await new Promise(() => {});
      await attempt();
    });
    await storage.commit(writes(1));
    const before = transactions;
    // Takes the keys that are full, and is not ready before their transactions.
    await storage.commit([write('a', MANY + 1, 'another')]);
    crashAt = before + 5;
    await expect.poll(() => transactions).toBeGreaterThan(crashAt);
    const killed = await killedCopy('killed');
    const { keys, keysUpTo } = await marksIn(killed);
    expect(keysUpTo).toEqual({});
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.length).toBeLessThan(MANY);
    const again = await LmdbStorage.open(killed, 'node1');
    expect(seenIn(again)).toEqual(seenIn(storage));
    await again.close();
  });

  it('happens at the latest when the log has 8 MiB of their writes', async () => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    const megabyte = 'v'.repeat(1024 * 1024);
    for (let counter = 1; counter <= 12; counter++)
      await storage.commit([write('a', counter, 'x', megabyte)]);
    const { keysUpTo } = await marksIn(await killedCopy('killed'));
    expect(keysUpTo?.a).toBeGreaterThanOrEqual(3);
    await storage.close();
  });
});

type Step =
  | { do: 'commit'; writes: readonly { sender: 'a' | 'b'; key: string; deletes: boolean; sees: boolean }[] }
  | { do: 'prune' | 'dropTombstones'; share: number }
  | { do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      writes: fc.array(
        fc.record({
          sender: fc.constantFrom('a' as const, 'b' as const),
          key: fc.constantFrom('x', 'y', 'z'),
          deletes: fc.boolean(),
          sees: fc.boolean(),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('prune' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('dropTombstones' as const), share: fc.constant(0) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

describe('a store on disk that is killed', () => {
  it('shows what one in memory does, whatever was written, pruned and stored before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const model = new MemoryStorage();
        let storage = await LmdbStorage.open(folder('data'), 'node1');
        const clock: Record<string, number> = {};
        /** What each sender's last write counts. */
        const seen: Record<string, VectorClock> = {};
        try {
          for (const action of steps) {
            if (action.do === 'commit') {
              const writes = action.writes.map(({ deletes, key, sees, sender }): Write => {
                clock[sender] = (clock[sender] ?? 0) + 1;
                seen[sender] = { ...(sees ? clock : seen[sender]), [sender]: clock[sender] };
                const vc = seen[sender];
                return { sender, key, value: deletes ? null : `${sender}${clock[sender]}`, vc };
              });
              for (const target of [model, storage]) await target.commit(writes);
            } else if (action.do === 'restart') {
              await storage.close();
              storage = await LmdbStorage.open(folder('data'), 'node1');
            } else {
              const upTo = Object.fromEntries(
                Object.entries(clock).map(([node, counter]) => [node, Math.floor(counter * action.share)]),
              );
              for (const target of [model, storage]) await target[action.do](upTo);
            }
            expect(seenIn(storage)).toEqual(seenIn(model));
          }
          const again = await LmdbStorage.open(await killedCopy('killed'), 'node1');
          expect(seenIn(again)).toEqual(seenIn(model));
          await again.close();
        } finally {
          await storage.close();
          for (const name of ['data', 'killed']) await rm(folder(name), { recursive: true, force: true });
        }
      }),
      { numRuns: 25 },
    );
  });
});
