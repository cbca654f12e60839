import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckedDatabase } from '@gridclock/durable-tables/lmdb';
import { type Key, open, type RootDatabase } from 'lmdb';
import { describe, expect, it } from 'vitest';
import { DiskFullError } from '../../src/storage/full-disk.ts';
import { LmdbMeta } from '../../src/storage/lmdb-meta.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { StorageWriteError } from '../../src/storage/write-failure.ts';
import { write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const folder = (name: string) => join(directory.path, name);

/** Copies data as a process that is killed leaves it. */
async function killedCopy(): Promise<string> {
  await cp(folder('data'), folder('killed'), { recursive: true });
  return folder('killed');
}

async function withMeta<T>(path: string, use: (meta: LmdbMeta, root: RootDatabase<unknown, Key>) => T) {
  const root = open<unknown, Key>({ path, noSubdir: false, maxDbs: 6 });
  try {
    return await use(new LmdbMeta(root, 'data.mdb'), root);
  } finally {
    await root.close();
  }
}

describe('storing keys', () => {
  it('that fails in the middle drops no key that is written again', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `key-${index}`);
    const writes = (from: number) => names.map((key, index) => write('a', from + index, key));
    let transactions = 0;
    let failing = 0;
    const storage = await LmdbStorage.open(folder('data'), 'node1', async (attempt) => {
      if (++transactions === failing) throw new StorageWriteError('the disk failed once');
      await attempt();
    });
    await storage.commit(writes(1));
    await storage.prune({ a: 600 });
    await storage.commit(writes(601).map((deletion) => ({ ...deletion, value: null })));
    failing = transactions + 2;
    await expect(storage.prune({ a: 1_200 })).rejects.toThrow('the disk failed once');
    expect(storage.tombstones).toBe(600);
    await storage.commit(writes(1_201));
    await storage.prune({ a: 1_800 });
    expect(storage.tombstones).toBe(0);
    await storage.dropTombstones({ a: 1_800 });
    expect([...storage.scan()]).toHaveLength(600);
    await storage.close();
  });

  it('takes no transaction if all are stored, as when deletions that must stay are looked at', async () => {
    let transactions = 0;
    const storage = await LmdbStorage.open(folder('data'), 'node1', async (attempt) => {
      transactions++;
      await attempt();
    });
    await storage.commit([{ ...write('a', 1), value: null }]);
    await storage.dropTombstones({});
    const before = transactions;
    await storage.dropTombstones({});
    expect(transactions).toBe(before + 1);
    await storage.close();
  });

  it('does not begin while it is recorded that all are stored, as before an installation', async () => {
    let untilSettled = Number.POSITIVE_INFINITY;
    let dropping: Promise<void> | undefined;
    const storage = await LmdbStorage.open(folder('data'), 'node1', async (attempt) => {
      const done = attempt();
      if (--untilSettled === 0) dropping = storage.dropTombstones({});
      await done;
    });
    await storage.commit([{ ...write('a', 1), value: null }, write('a', 2, 'y')]);
    await storage.beginInstall();
    untilSettled = 3;
    await storage.installStaged(
      { b: 1 },
      {},
      { identity: { id: 'node1', caughtUp: true }, writes: [], retired: storage.retired },
    );
    await dropping;
    expect(dropping).toBeDefined();
    // Another write than the one that counted so before, as of a node that was replaced.
    await storage.commit([write('a', 1, 'z')]);
    const killed = await killedCopy();
    expect(await withMeta(killed, (meta) => meta.get('format'))).toBe(3);
    const again = await LmdbStorage.open(killed, 'node1');
    expect([...again.scan()]).toEqual([['z', [{ sender: 'a', value: 1, vc: { a: 1 } }]]]);
    await again.close();
    await storage.close();
  });
});

it('a log is pruned as far as keys are stored, also while a full disk has no room for the others', async () => {
  let room = Number.POSITIVE_INFINITY;
  const storage = await LmdbStorage.open(folder('data'), 'node1', async (attempt) => {
    if (--room < 0) throw new DiskFullError('the disk is full');
    await attempt();
  });
  await storage.commit([write('a', 1), write('a', 2)]);
  await storage.prune({ a: 1 });
  await storage.commit([write('a', 3)]);
  room = 1;
  await expect(storage.prune({ a: 3 })).rejects.toThrow('the disk is full');
  expect(storage.pruned).toEqual({ a: 2 });
  room = Number.POSITIVE_INFINITY;
  await storage.prune({ a: 3 });
  expect(storage.pruned).toEqual({ a: 3 });
  await storage.close();
});

it.each([1, 2, 3])(
  'a log that lacks write %i of those whose keys are not stored is refused',
  async (missing) => {
    const storage = await LmdbStorage.open(folder('data'), 'node1');
    await storage.commit([write('a', 1), write('a', 2, 'y'), write('a', 3, 'z')]);
    const killed = await killedCopy();
    await storage.close();
    await withMeta(killed, (_meta, root) => {
      const log = new CheckedDatabase<unknown, Key>(root, { name: 'log', file: 'data.mdb' });
      return root.childTransaction(() => log.remove(['a', missing]));
    });
    await expect(LmdbStorage.open(killed, 'node1')).rejects.toThrow(
      `data.mdb is damaged: write ${missing} of a is missing in log. Stop the service`,
    );
  },
);

it('data of a later release is refused before its log is read', async () => {
  const storage = await LmdbStorage.open(folder('data'), 'node1');
  await storage.commit([write('a', 1)]);
  const later = await killedCopy();
  await storage.close();
  await withMeta(later, async (meta, root) => {
    const log = new CheckedDatabase<unknown, Key>(root, { name: 'log', file: 'data.mdb' });
    await root.childTransaction(() => {
      meta.put({ format: 4 });
      log.put(['a', 1], { unknown: 'form' });
    });
  });
  await expect(LmdbStorage.open(later, 'node1')).rejects.toThrow('it has disk format 4');
});
