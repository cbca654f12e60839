import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';

/** The name that LMDB gives its data. */
const DATA_FILE = 'data.mdb';

/** How full the disk under a node's data is, in bytes. The file system is asked when it is scraped, and only then. */
export function createDiskMetrics(registry: Registry, directory: string): void {
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        // Not known is not a number: a disk that cannot be asked must not take the other metrics with it.
        this.set(await read().catch(() => Number.NaN));
      },
    });
  gauge('kv_disk_size_bytes', 'Size of the file system that holds DATA_DIR.', async () => {
    const { blocks, bsize } = await statfs(directory);
    return blocks * bsize;
  });
  gauge(
    'kv_disk_free_bytes',
    'What this process may still fill of the file system that holds DATA_DIR.',
    async () => {
      // Not `bfree`, part of which is kept for root.
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
  );
  gauge('kv_data_file_bytes', "Size of the store's data file; space freed in it is used again.", async () => {
    const { size } = await stat(join(directory, DATA_FILE));
    return size;
  });
}
