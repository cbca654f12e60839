import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { describe, expect, it } from 'vitest';
import { bundleEntries } from '../packages/local-service/src/bundles/bundle-entries.ts';
import { programs } from './support/bundle-programs.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

describe('the bundles of the programs', () => {
  it('keep the names of our errors, which logs show', async () => {
    const { path: folder, remove } = await createTemporaryDirectory();
    try {
      const entries = programs.map((program) => join(root, program));
      const { sources } = await bundleEntries(entries, { folder, portable: false });
      const ours = await errorsIn(sources.filter((path) => !path.includes('node_modules')));
      const files = await readdir(folder, { recursive: true });
      const bundled = await errorsIn(
        files.filter((file) => file.endsWith('.mjs')).map((file) => join(folder, file)),
      );
      expect(ours).toContain('HttpError');
      expect(bundled).toEqual(expect.arrayContaining(ours));
    } finally {
      await remove();
    }
  });
});

/** The names of the classes of errors in files, as they are at run time. */
async function errorsIn(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/(?:(\w+) = )?\bclass (?:(\w+) )?extends \w*Error\b/g)].map(
      ([, assigned, own]) => own ?? assigned ?? '',
    ),
  );
}
