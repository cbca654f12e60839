import { StorageError } from '@gridclock/durable-tables/lmdb';
import { type Key, open } from 'lmdb';
import { describe, expect, it } from 'vitest';
import { LmdbMeta } from '../../src/storage/lmdb-meta.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { noLimit, write } from '../support/sample-write.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

describe('a data directory', () => {
  it('keeps everything when it is opened again', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await first.adopt({ id: 'node1', caughtUp: true });
    await first.commit([write('node1', 1), write('node2', 1, 'y', { deep: [1, 'é', null] })]);
    await first.close();
    const second = await LmdbStorage.open(directory.path, 'node1');
    expect(second.identity).toEqual({ id: 'node1', caughtUp: true });
    expect(second.clock).toEqual({ node1: 1, node2: 1 });
    expect(second.versions('y')).toEqual([
      { sender: 'node2', value: { deep: [1, 'é', null] }, vc: { node2: 1 } },
    ]);
    expect(second.log('node1', 0, noLimit)).toEqual([write('node1', 1)]);
    await second.close();
  });

  it('keeps the pruned clock when it is opened again', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await first.commit([write('a', 1), write('a', 2)]);
    await first.prune({ a: 1 });
    await first.close();
    const second = await LmdbStorage.open(directory.path, 'node1');
    expect(second.pruned).toEqual({ a: 1 });
    expect(second.log('a', 1, noLimit)).toEqual([write('a', 2)]);
    await second.close();
  });

  it('keeps an installed snapshot when it is opened again', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await first.commit([write('a', 1)]);
    await first.beginInstall();
    await first.stage([['y', [{ sender: 'b', value: 'staged', vc: { b: 1 } }]]]);
    await first.installStaged({ b: 1 });
    await first.close();
    const second = await LmdbStorage.open(directory.path, 'node1');
    expect([...second.scan()].map(([key]) => key)).toEqual(['y']);
    expect(second.clock).toEqual({ b: 1 });
    await second.close();
  });

  it('keeps what an installed snapshot awaits, and discards what was only staged', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await first.adopt({ id: 'node1', caughtUp: true });
    await first.commit([write('a', 1), write('a', 2), write('b', 1, 'y')]);
    await first.beginInstall();
    await first.stage([['x', [{ sender: 'b', value: 'newer', vc: { b: 3 } }]]]);
    await first.installStaged({ a: 2, b: 2 }, { b: 3 });
    await first.beginInstall();
    await first.stage([['z', [{ sender: 'c', value: 'staged', vc: { c: 1 } }]]]);
    await first.close();
    const second = await LmdbStorage.open(directory.path, 'node1');
    expect([...second.scan()].map(([key]) => key)).toEqual(['x']);
    expect(second.awaited).toEqual({ b: 3 });
    expect(second.identity).toEqual({ id: 'node1', caughtUp: false });
    expect(second.pruned).toEqual({ b: 2 });
    expect(second.log('a', 0, noLimit)).toHaveLength(2);
    await second.beginInstall();
    await second.installStaged({ a: 2, b: 3 });
    expect([...second.scan()]).toEqual([]);
    await second.close();
  });

  it('is locked while it is open', async () => {
    const first = await LmdbStorage.open(directory.path, 'node1');
    await expect(LmdbStorage.open(directory.path, 'node1')).rejects.toThrow(
      `${directory.path} is in use by another process (pid ${process.pid}). Stop it`,
    );
    await first.close();
    await (await LmdbStorage.open(directory.path, 'node1')).close();
  });

  it('rejects a node with another name', async () => {
    await (await LmdbStorage.open(directory.path, 'node1')).close();
    await expect(LmdbStorage.open(directory.path, 'node2')).rejects.toThrow(
      'holds the data of node1, not of node2',
    );
    await (await LmdbStorage.open(directory.path, 'node1')).close();
  });

  it('rejects data of a later disk format', async () => {
    const storage = await LmdbStorage.open(directory.path, 'node1');
    await storage.close();
    const root = open<unknown, Key>({ path: directory.path, noSubdir: false });
    await root.transaction(() => new LmdbMeta(root, 'data.mdb').put({ format: 4 }));
    await root.close();
    await expect(LmdbStorage.open(directory.path, 'node1')).rejects.toThrow(
      'it has disk format 4, and this release reads up to 3: start the release that wrote it',
    );
  });

  it('fails to open if it cannot be created', async () => {
    await expect(LmdbStorage.open('/dev/null/data', 'node1')).rejects.toThrow(StorageError);
  });
});
