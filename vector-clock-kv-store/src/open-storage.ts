import { DamagedDataError } from '@gridclock/durable-tables/lmdb';
import { EnvironmentError, type Logger, StartError } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { Registry } from 'prom-client';
import { createDiskMetrics } from './disk-metrics.ts';
import { DiskSpace } from './disk-space.ts';
import { JournaledStorage } from './storage/journal/journaled-storage.ts';
import { MemoryStorage } from './storage/memory-storage.ts';
import type { Storage } from './storage/storage.ts';
import { freeBytesOf } from './storage/write-failure.ts';

/** EX_DATAERR of sysexits.h: the data file is damaged, so that starting again does not help. */
const DAMAGED_DATA_EXIT_CODE = 65;

/** A node's storage, and its disk if it has one. */
export type OpenedStorage = { storage: Storage; disk?: DiskSpace };

/**
 * Opens a node's storage, in memory if it has no data directory, and registers the metrics of its disk.
 *
 * @param owner the node's configured name
 * @throws StartError if the data file is damaged, EnvironmentError if the directory cannot be used
 */
export async function openStorage(
  directory: string | undefined,
  owner: string,
  logger: Logger,
  registry: Registry,
): Promise<OpenedStorage> {
  if (directory === undefined) return { storage: new MemoryStorage() };
  const disk = watchDisk(directory, logger);
  createDiskMetrics(registry, directory, disk);
  try {
    const startedAt = performance.now();
    const storage = await JournaledStorage.open(directory, owner, disk.run);
    const tookMs = Math.round(performance.now() - startedAt);
    if (storage.check !== undefined)
      logger.info({ ...storage.check, tookMs }, 'checked the data file: no damage');
    return { storage, disk };
  } catch (error) {
    const message = `DATA_DIR ${error instanceof Error ? error.message : String(error)}`;
    throw error instanceof DamagedDataError
      ? new StartError(message, DAMAGED_DATA_EXIT_CODE)
      : new EnvironmentError(message);
  }
}

/** Returns the process's exit code after a failure of the storage. */
export function exitCodeOf(error: unknown): number {
  return error instanceof DamagedDataError ? DAMAGED_DATA_EXIT_CODE : 1;
}

/** Watches the disk that holds a directory, and logs when it becomes full and when it has room again. */
function watchDisk(directory: string, logger: Logger): DiskSpace {
  const disk = new DiskSpace({ scheduler: realScheduler, freeBytes: () => freeBytesOf(directory) });
  disk.subscribe((full) => {
    if (full === undefined) logger.warn('the disk has room again; accepting writes');
    else
      logger.error({ reason: full.message }, 'disk full: serving reads only until there is room; free space');
  });
  return disk;
}
