import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryRoot } from './guard.ts';

/** Creates a directory for the data of a judged program. */
export function createDataDirectory(): Promise<string> {
  return mkdtemp(join(temporaryRoot(), 'data-'));
}

/** Deletes it with its content. */
export async function removeDataDirectory(path: string | undefined): Promise<void> {
  if (path !== undefined) await rm(path, { recursive: true, force: true });
}

/** Whether a program keeps anything in its directory. */
export async function hasData(path: string | undefined): Promise<boolean> {
  return path !== undefined && (await readdir(path)).length > 0;
}
