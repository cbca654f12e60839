import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';
import type { DiskState } from './storage/full-disk.ts';
import { freeBytesOf } from './storage/write-failure.ts';

/** The file in which LMDB keeps its data. */
const DATA_FILE = 'data.mdb';

/** Registers gauges for the disk that holds a node's data. Each scrape reads the file system. */
export function createDiskMetrics(registry: Registry, directory: string, disk?: DiskState): void {
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        // NaN instead of a failure: an unreadable disk must not take all other metrics with it.
        this.set(await read().catch(() => Number.NaN));
      },
    });
  gauge('kv_disk_size_bytes', 'Size of the file system that holds DATA_DIR.', async () => {
    const { blocks, bsize } = await statfs(directory);
    return blocks * bsize;
  });
  gauge(
    'kv_disk_free_bytes',
    'Space that this process can still use in the file system that holds DATA_DIR.',
    () => freeBytesOf(directory),
  );
  gauge('kv_data_file_bytes', "Size of the store's data file; freed space in it is reused.", async () => {
    const { size } = await stat(join(directory, DATA_FILE));
    return size;
  });
  gauge(
    'kv_disk_full',
    '1 while the disk is full, so that the node serves reads only; otherwise 0.',
    async () => (disk?.full === undefined ? 0 : 1),
  );
}
