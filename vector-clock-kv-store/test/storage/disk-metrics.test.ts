import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDiskMetrics } from '../../src/storage/disk-metrics.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gridclock-disk-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** The three gauges as they are scraped. */
async function scrape(): Promise<Record<string, number>> {
  const registry = new Registry();
  createDiskMetrics(registry, directory);
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(metrics.map(({ name, values }) => [name, values[0]?.value ?? Number.NaN]));
}

it("shows how large the disk is, what of it is free, and the size of the store's file", async () => {
  const storage = await LmdbStorage.open(directory, 'node1');
  await storage.commit([{ sender: 'node1', key: 'k', value: 1, vc: { node1: 1 } }]);
  const { kv_disk_size_bytes: size, kv_disk_free_bytes: free, kv_data_file_bytes: file } = await scrape();
  await storage.close();
  expect(file).toBeGreaterThan(0);
  expect(free).toBeGreaterThan(0);
  expect(size).toBeGreaterThan(free ?? 0);
});

it('shows no number for a disk that cannot be asked, and still answers', async () => {
  await rm(directory, { recursive: true });
  expect(await scrape()).toEqual({
    kv_disk_size_bytes: Number.NaN,
    kv_disk_free_bytes: Number.NaN,
    kv_data_file_bytes: Number.NaN,
  });
});
