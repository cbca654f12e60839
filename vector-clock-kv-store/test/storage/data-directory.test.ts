import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LmdbStorage, StorageError } from '../../src/storage/lmdb-storage.ts';
import { roomy, write } from '../support/sample-write.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridclock-directory-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('a data directory', () => {
  it('still has everything when it is opened again', async () => {
    const first = await LmdbStorage.open(folder, 'node1');
    await first.adopt({ id: 'node1', caughtUp: true });
    await first.commit([write('node1', 1), write('node2', 1, 'y', { deep: [1, 'é', null] })]);
    await first.close();
    const second = await LmdbStorage.open(folder, 'node1');
    expect(second.identity).toEqual({ id: 'node1', caughtUp: true });
    expect(second.clock).toEqual({ node1: 1, node2: 1 });
    expect(second.versions('y')).toEqual([
      { sender: 'node2', value: { deep: [1, 'é', null] }, vc: { node2: 1 } },
    ]);
    expect(second.log('node1', 0, roomy)).toEqual([write('node1', 1)]);
    await second.close();
  });

  it('still says what its log has no more when it is opened again', async () => {
    const first = await LmdbStorage.open(folder, 'node1');
    await first.commit([write('a', 1), write('a', 2)]);
    await first.prune({ a: 1 });
    await first.close();
    const second = await LmdbStorage.open(folder, 'node1');
    expect(second.pruned).toEqual({ a: 1 });
    expect(second.log('a', 1, roomy)).toEqual([write('a', 2)]);
    await second.close();
  });

  it('shows what was installed also after it is opened again', async () => {
    const first = await LmdbStorage.open(folder, 'node1');
    await first.commit([write('a', 1)]);
    await first.beginInstall();
    await first.stage([['y', [{ sender: 'b', value: 'staged', vc: { b: 1 } }]]]);
    await first.installStaged({ b: 1 });
    await first.close();
    const second = await LmdbStorage.open(folder, 'node1');
    expect([...second.entries()].map(([key]) => key)).toEqual(['y']);
    expect(second.clock).toEqual({ b: 1 });
    await second.close();
  });

  it('is refused while another has it open, and free again afterwards', async () => {
    const first = await LmdbStorage.open(folder, 'node1');
    await expect(LmdbStorage.open(folder, 'node1')).rejects.toThrow(`${folder} is in use by another node`);
    await first.close();
    await (await LmdbStorage.open(folder, 'node1')).close();
  });

  it('is refused to a node with another name', async () => {
    await (await LmdbStorage.open(folder, 'node1')).close();
    await expect(LmdbStorage.open(folder, 'node2')).rejects.toThrow('holds the data of node1, not of node2');
    await (await LmdbStorage.open(folder, 'node1')).close();
  });

  it('is refused where it cannot be made', async () => {
    await expect(LmdbStorage.open('/dev/null/data', 'node1')).rejects.toThrow(StorageError);
  });
});
