import { rm } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createDiskMetrics } from '../src/disk-metrics.ts';
import { LmdbStorage } from '../src/storage/lmdb-storage.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const directory = temporaryDirectory();

/** Returns the gauges by name. */
async function scrape(): Promise<Record<string, number>> {
  const registry = new Registry();
  createDiskMetrics(registry, directory.path);
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(metrics.map(({ name, values }) => [name, values[0]?.value ?? Number.NaN]));
}

describe('disk metrics', () => {
  it('show the size of the disk, its free space and the size of the data file', async () => {
    const storage = await LmdbStorage.open(directory.path, 'node1');
    await storage.commit([{ sender: 'node1', key: 'k', value: 1, vc: { node1: 1 } }]);
    const { kv_disk_size_bytes: size, kv_disk_free_bytes: free, kv_data_file_bytes: file } = await scrape();
    await storage.close();
    expect(file).toBeGreaterThan(0);
    expect(free).toBeGreaterThan(0);
    expect(size).toBeGreaterThan(free ?? 0);
  });

  it('are NaN if the disk cannot be read', async () => {
    await rm(directory.path, { recursive: true });
    expect(await scrape()).toEqual({
      kv_disk_size_bytes: Number.NaN,
      kv_disk_free_bytes: Number.NaN,
      kv_data_file_bytes: Number.NaN,
      kv_disk_full: 0,
    });
  });
});
