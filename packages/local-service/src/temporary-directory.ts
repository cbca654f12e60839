import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates an empty directory, for the data of local services. `remove` deletes it with its content. */
export async function createTemporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gridclock-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
