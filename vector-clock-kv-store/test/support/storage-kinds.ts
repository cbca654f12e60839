import { JournaledStorage } from '../../src/storage/journal/journaled-storage.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Returns each kind of storage with a function that opens it empty, for `describe.each`. */
export function storageKinds(): [kind: string, open: () => Promise<Storage>][] {
  const directory = temporaryDirectory();
  return [
    ['in memory', async () => new MemoryStorage()],
    ['on disk', () => LmdbStorage.open(directory.path, 'node1')],
    ['on disk with a journal', () => openJournaled(directory.path)],
  ];
}

/** Opens a storage whose first commit goes to its journal. */
export async function openJournaled(path: string): Promise<JournaledStorage> {
  const storage = await JournaledStorage.open(path, 'node1');
  await storage.createJournal();
  return storage;
}
