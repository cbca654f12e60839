import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundlePath } from './bundle-entries.ts';

/**
 * Names the folder with the bundles of entry files. A variable, so that it also holds for the processes that a started
 * one starts, such as the nodes of a soak.
 */
export const BUNDLES_VARIABLE = 'GRIDCLOCK_BUNDLES';

// Unlike import.meta.resolve, it also works in a bundle.
const require = createRequire(import.meta.url);

/** Returns the arguments with which Node.js runs an entry file: from its bundle if there is one, otherwise with tsx. */
export function entryArguments(entryFile: string): string[] {
  const bundle = findBundle(entryFile);
  if (bundle !== undefined) return ['--enable-source-maps', bundle];
  return ['--import', pathToFileURL(require.resolve('tsx')).href, entryFile];
}

/** Returns the path of an entry file's bundle, or undefined if it has none. */
export function findBundle(entryFile: string): string | undefined {
  const folder = process.env[BUNDLES_VARIABLE];
  const bundle = folder ? join(folder, bundlePath(entryFile)) : undefined;
  return bundle !== undefined && existsSync(bundle) ? bundle : undefined;
}
