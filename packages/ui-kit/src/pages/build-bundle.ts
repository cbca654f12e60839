import { fileURLToPath } from 'node:url';

/** What a browser needs of a page: one script and one style sheet. */
export type Bundle = { script: string; style: string };

/** Browsers of the last three years. */
const TARGET = 'es2022';

/**
 * Bundles a page's script with everything that it imports, also its style sheets.
 *
 * @param entry the page's first module
 */
export async function buildBundle(entry: URL): Promise<Bundle> {
  // Loaded here, because a node that serves prebuilt pages needs no bundler.
  const esbuild = await import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [fileURLToPath(entry)],
      outdir: '/',
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      target: TARGET,
      platform: 'browser',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
      // The same bundle, wherever the process was started.
      tsconfigRaw: {},
    });
    const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
    return { script: textOf('.js'), style: textOf('.css') };
  } finally {
    // Its process would stay, with its memory.
    await esbuild.stop();
  }
}
