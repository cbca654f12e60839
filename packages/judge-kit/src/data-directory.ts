import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The existing ones; none outlives this process, also when Ctrl-C ends it. */
const existing = new Set<string>();
process.on('exit', () => {
  for (const path of existing) rmSync(path, { recursive: true, force: true });
});

/** Creates a directory for the data of a judged program. */
export async function createDataDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'gridclock-judge-'));
  existing.add(path);
  return path;
}

/** Deletes it with its content. */
export async function removeDataDirectory(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await rm(path, { recursive: true, force: true });
  existing.delete(path);
}

/** Whether a program keeps anything in its directory. */
export async function hasData(path: string | undefined): Promise<boolean> {
  return path !== undefined && (await readdir(path)).length > 0;
}
