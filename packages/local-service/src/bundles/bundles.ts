import { createTemporaryDirectory } from '../temporary-directory.ts';
import { bundleEntries } from './bundle-entries.ts';
import { BUNDLES_VARIABLE, findBundle } from './entry-arguments.ts';

/** Bundles of entry files in a temporary folder. */
export type Bundles = {
  /** Builds them again, after sources have changed. */
  rebuild: () => Promise<void>;
  /** Deletes them; entry files are run from their sources again. */
  remove: () => Promise<void>;
};

/**
 * Bundles entry files, which takes a tenth of a second. From then on, this process and those that it starts run the
 * bundles in place of these files. It keeps bundles that this process was given.
 *
 * @param entryFiles absolute paths
 */
export async function bundled(entryFiles: readonly string[]): Promise<Bundles> {
  if (entryFiles.every((entryFile) => findBundle(entryFile) !== undefined))
    return { rebuild: async () => {}, remove: async () => {} };
  const { path: folder, remove } = await createTemporaryDirectory();
  const before = process.env[BUNDLES_VARIABLE];
  const rebuild = async () => void (await bundleEntries(entryFiles, { folder, portable: false }));
  try {
    await rebuild();
  } catch (error) {
    await remove();
    throw error;
  }
  process.env[BUNDLES_VARIABLE] = folder;
  return {
    rebuild,
    async remove() {
      if (before === undefined) delete process.env[BUNDLES_VARIABLE];
      else process.env[BUNDLES_VARIABLE] = before;
      await remove();
    },
  };
}
