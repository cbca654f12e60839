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
  ];
}
