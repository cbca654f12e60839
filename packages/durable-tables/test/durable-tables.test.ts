import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { VirtualClock } from '@gridclock/simulation-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DurableTables } from '../src/index.ts';

let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;

beforeEach(async () => {
  directory = await createTemporaryDirectory();
});

afterEach(() => directory.remove());

const openTables = (path = directory.path) =>
  DurableTables.open({ directory: path, tables: ['a', 'b'], scheduler: realScheduler });
const read = (tables: DurableTables<'a' | 'b'>, table: 'a' | 'b') =>
  Object.fromEntries(tables.entries(table, (value) => value));

describe('DurableTables', () => {
  it('keeps what was flushed when it is opened again', async () => {
    const first = await openTables();
    first.put('a', 'k', { deep: [1, 'é', null] });
    first.put('b', 'k', 2);
    await first.flushed();
    await first.close();
    const second = await openTables();
    expect(read(second, 'a')).toEqual({ k: { deep: [1, 'é', null] } });
    expect(read(second, 'b')).toEqual({ k: 2 });
    await second.close();
  });

  it('keeps its data in a folder whose name has a dot', async () => {
    const path = join(directory.path, 'data.v1');
    for (const stored of [{}, { k: 1 }]) {
      const tables = await openTables(path);
      expect(read(tables, 'a')).toEqual(stored);
      tables.put('a', 'k', 1);
      await tables.close();
    }
    expect(await readdir(path)).toContain('data.mdb');
  });

  it('stores the last change of a key, also while a commit is in progress', async () => {
    const tables = await openTables();
    tables.put('a', 'k', 1);
    const first = tables.flushed();
    await Promise.resolve();
    tables.put('a', 'k', 2);
    tables.put('a', 'removed', 1);
    tables.remove('a', 'removed');
    await first;
    await tables.flushed();
    expect(read(tables, 'a')).toEqual({ k: 2 });
    await tables.close();
  });

  it('resolves flushed at once when nothing has changed, and with the commit in progress', async () => {
    const tables = await openTables();
    await tables.flushed();
    tables.put('a', 'k', 1);
    await Promise.resolve();
    await Promise.resolve();
    await tables.flushed();
    expect(read(tables, 'a')).toEqual({ k: 1 });
    await tables.close();
  });

  it('names a record that is not what was stored', async () => {
    const tables = await openTables();
    tables.put('a', 'k', 'text');
    await tables.flushed();
    const asNumber = (value: unknown) => {
      if (typeof value !== 'number') throw new Error('not a number');
      return value;
    };
    expect(() => [...tables.entries('a', asNumber)]).toThrow(
      /data\.mdb is damaged: the record "k" of a is invalid/,
    );
    await tables.close();
  });

  it('refuses a directory that another process uses', async () => {
    const tables = await openTables();
    await expect(openTables()).rejects.toThrow(`${directory.path} is in use by another process`);
    await tables.close();
  });

  it('names a damaged data file, and does not open it', async () => {
    const tables = await openTables();
    for (let key = 0; key < 1_000; key += 1) tables.put('a', `k${key}`, 'x'.repeat(100));
    await tables.flushed();
    await tables.close();
    const file = join(directory.path, 'data.mdb');
    const bytes = await readFile(file);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 4_096);
    await writeFile(file, bytes);
    await expect(openTables()).rejects.toThrow(`${file} is damaged: `);
  });

  it('names a directory that it cannot use', async () => {
    const options = { directory: '/dev/null/data', tables: ['a'], scheduler: new VirtualClock() };
    await expect(DurableTables.open(options)).rejects.toThrow('/dev/null/data');
  });
});
