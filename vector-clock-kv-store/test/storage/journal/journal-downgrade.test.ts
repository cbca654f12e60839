import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Key, open } from 'lmdb';
import { describe, expect, it } from 'vitest';
import { JournaledStorage } from '../../../src/storage/journal/journaled-storage.ts';
import { backUp } from '../../../src/storage/lmdb-backup.ts';
import { LmdbMeta } from '../../../src/storage/lmdb-meta.ts';
import { write } from '../../support/sample-write.ts';
import { openJournaled } from '../../support/storage-kinds.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const folder = (name: string) => join(directory.path, name);

/** Reads what a release without journals compares with its own name, and what later releases compare. */
async function marksIn(path: string) {
  const root = open<unknown, Key>({ path, noSubdir: false });
  const meta = new LmdbMeta(root, 'data.mdb');
  const marks = { owner: meta.get('owner'), format: meta.get('format') };
  await root.close();
  return marks;
}

describe('the data of a node with a journal', () => {
  it('has an owner that releases without journals refuse, until a clean stop', async () => {
    const storage = await openJournaled(folder('data'));
    await storage.commit([write('node1', 1)]);
    await cp(folder('data'), folder('killed'), { recursive: true });
    await backUp(folder('data'), folder('backup'));
    await storage.close();
    const marked = await marksIn(folder('killed'));
    expect(marked).toEqual({
      owner: expect.stringMatching(/^node1, with a journal that this release cannot read \(start the/),
      format: 2,
    });
    for (const clean of ['data', 'backup'])
      expect(await marksIn(folder(clean))).toEqual({ owner: 'node1', format: 1 });
  });

  it('can be used again after a kill, by its owner only', async () => {
    const storage = await openJournaled(folder('data'));
    await storage.commit([write('node1', 1)]);
    await cp(folder('data'), folder('killed'), { recursive: true });
    await storage.close();
    await expect(JournaledStorage.open(folder('killed'), 'node2')).rejects.toThrow(
      'it holds the data of node1, not of node2',
    );
    const again = await JournaledStorage.open(folder('killed'), 'node1');
    expect(again.clock).toEqual({ node1: 1 });
    await again.close();
    expect(await marksIn(folder('killed'))).toEqual({ owner: 'node1', format: 1 });
  });
});
