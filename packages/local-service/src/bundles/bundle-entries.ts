import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** The folder that all sources are in. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Packages that load native code or programs from their own folder. */
const nativePackages = /^(lmdb|fs-native-extensions|esbuild)$/;

const ownUrl = /\bimport\.meta\.url\b/;

/** Marks the resolution that a plugin asks for. */
const resolving = Symbol('resolving');

/** CommonJS packages call `require` for modules of Node.js. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

export type BundleOptions = {
  /** Bundles are written here, each to the path that its entry file has below the root. */
  folder: string;
  /**
   * Whether bundles can be moved, together with the files that they read and the native packages. Otherwise they use
   * those of this clone.
   */
  portable: boolean;
  /** The clone whose sources are bundled; this one by default. */
  clone?: string;
  /** Where packages are that the clone itself lacks. */
  packages?: string;
};

/** What bundles were made of. */
type Bundled = {
  /** The absolute paths of the source files. */
  sources: string[];
  /** The absolute paths of the bundles and of their parts. */
  files: string[];
  /** The names of the native packages that the bundles import. */
  native: string[];
};

/** Returns the path of an entry file's bundle below the folder of bundles. */
export function bundlePath(entryFile: string): string {
  return relative(root, entryFile).replace(/\.tsx?$/, '.mjs');
}

/**
 * Bundles entry files, each with everything that it imports. A bundle starts in half the time, and its stack traces
 * show the sources with `--enable-source-maps`.
 *
 * @param entryFiles absolute paths
 */
export async function bundleEntries(
  entryFiles: readonly string[],
  { folder, portable, clone = root, packages }: BundleOptions,
): Promise<Bundled> {
  // Loaded here, because what starts services from the sources needs no bundler.
  const esbuild = await import('esbuild');
  try {
    // In one run, what they share is bundled once. Each portable bundle is one file, beside which is what it loads later.
    const runs = portable ? entryFiles.map((entryFile) => [entryFile]) : [entryFiles];
    const results = await Promise.all(
      runs.map((entryPoints) =>
        esbuild.build({
          entryPoints: [...entryPoints],
          outdir: folder,
          outbase: clone,
          // Parsed as a module at once, where no package.json says what it is.
          outExtension: { '.js': '.mjs' },
          absWorkingDir: clone,
          nodePaths: packages === undefined ? [] : [packages],
          bundle: true,
          metafile: true,
          splitting: true,
          // In the folder of the entry file, from where paths to other files lead.
          ...(portable && {
            chunkNames: `${relative(clone, dirname(entryPoints[0] ?? clone))}/[name]-[hash]`,
          }),
          format: 'esm',
          platform: 'node',
          target: 'node20',
          jsx: 'automatic',
          jsxImportSource: 'preact',
          // With it, every function that is created at run time gets its name anew: a tenth of a request's CPU time.
          // Without it, only what has the same name as another is renamed; see `test/bundled-names.test.ts`.
          keepNames: false,
          sourcemap: 'linked',
          sourcesContent: false,
          banner: { js: REQUIRE },
          logLevel: 'silent',
          // The same bundle, wherever the process was started.
          tsconfigRaw: {},
          plugins: [
            ownLocation(portable ? dirname(entryPoints[0] ?? clone) : undefined),
            nativePackagesOutside(portable),
          ],
        }),
      ),
    );
    const metafiles = results.map(({ metafile }) => metafile);
    const inputs = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)));
    const imports = metafiles
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ imports }) => imports.filter(({ external, kind }) => external && kind !== 'dynamic-import'))
      .map(({ path }) => path);
    return {
      sources: [...inputs].map((input) => resolve(clone, input)),
      files: metafiles
        .flatMap(({ outputs }) => Object.keys(outputs))
        .map((output) => resolve(clone, output))
        .filter((file) => file.endsWith('.mjs')),
      native: [...new Set(imports)].filter((path) => nativePackages.test(path)),
    };
  } finally {
    // Its process would stay, with its memory.
    await esbuild.stop();
  }
}

/**
 * Lets a module find files beside its source: its `import.meta.url` is that of its source, not of the bundle.
 *
 * @param entryFolder for portable bundles, the folder of the entry file: sources and bundles have the same layout
 */
function ownLocation(entryFolder: string | undefined): Plugin {
  const urlOf = (path: string) =>
    entryFolder === undefined
      ? JSON.stringify(pathToFileURL(path).href)
      : `new URL(${JSON.stringify(relative(entryFolder, path).replaceAll(sep, '/'))}, import.meta.url).href`;
  return {
    name: 'own-location',
    setup(build) {
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!ownUrl.test(text)) return;
        return {
          contents: text.replaceAll(new RegExp(ownUrl, 'g'), urlOf(path)),
          loader: path.endsWith('x') ? 'tsx' : 'ts',
        };
      });
    },
  };
}

/** Leaves native packages out of the bundle. */
function nativePackagesOutside(portable: boolean): Plugin {
  return {
    name: 'native-packages-outside',
    setup(build) {
      build.onResolve({ filter: nativePackages }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === resolving) return;
        if (portable) return { path, external: true };
        // From a folder outside of the clone, no name of a package leads anywhere.
        const { path: file } = await build.resolve(path, { kind, resolveDir, pluginData: resolving });
        return { path: kind === 'require-call' ? file : pathToFileURL(file).href, external: true };
      });
    },
  };
}
