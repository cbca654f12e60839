// Writes what an image needs to run programs: node write-image.ts FOLDER ENTRY_FILE...
// Their bundles, the style sheets beside their sources, and the native packages.
import { cp, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { bundleEntries, root } from './bundle-entries.ts';
import { copyNativePackages } from './native-packages.ts';
import { keepOwnSources } from './own-source-map.ts';

const [folder, ...programs] = process.argv.slice(2);
if (folder === undefined || programs.length === 0) throw new Error('give a folder and entry files');
const entryFiles = programs.map((program) => resolve(program));
const { files, sources, native } = await bundleEntries(entryFiles, { folder, portable: true });
// A bundle and its parts are in one folder, as far below the root as that of the entry file.
for (const file of files) await keepOwnSources(`${file}.map`, resolve(root, relative(folder, dirname(file))));
await copyStyleSheets(sources, folder);
await copyNativePackages(native, folder);

/** Reports read them at run time, beside the source that they belong to. */
async function copyStyleSheets(sources: readonly string[], folder: string): Promise<void> {
  const own = sources.filter((source) => !source.includes('node_modules'));
  for (const beside of new Set(own.map((source) => dirname(source)))) {
    for (const name of (await readdir(beside)).filter((name) => name.endsWith('.css'))) {
      const target = join(folder, relative(root, beside));
      await mkdir(target, { recursive: true });
      await cp(join(beside, name), join(target, name));
    }
  }
}
