import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import readChangesets from '@changesets/read';
import { execa } from 'execa';
import { z } from 'zod';
import { formatRelease, parseChange, withRelease } from './release/changelog.ts';
import { withVersion, withVersionConstant, withVersionLabel } from './release/versions.ts';

/**
 * Makes a release of the changes in `.changeset`: its version in every manifest, its section in CHANGELOG.md. Changesets chooses the
 * version and deletes the changes. CONTRIBUTING.md describes what to do before and after.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = `${root}${path}`;
  await writeFile(file, change(await readFile(file, 'utf8')));
}

const changesets = await readChangesets(root);
if (changesets.length === 0) {
  console.error('release: .changeset has no changes. Add one with `npx changeset`.');
  process.exit(1);
}
const changes = changesets.map(({ id, summary }) => parseChange(id, summary));
const shown = { cwd: root, stdio: 'inherit', preferLocal: true } as const;
await execa('changeset', ['version'], shown);
const manifest: unknown = JSON.parse(await readFile(`${root}vector-clock-kv-store/package.json`, 'utf8'));
const { version } = z.object({ version: z.string() }).parse(manifest);
await edit('package.json', (text) => withVersion(text, version));
await edit('packages/service-kit/src/requests/version.ts', (text) => withVersionConstant(text, version));
await edit('Dockerfile', (text) => withVersionLabel(text, version));
const date = new Date().toISOString().slice(0, 10);
await edit('CHANGELOG.md', (text) => withRelease(text, formatRelease(version, date, changes)));
await execa('npm', ['install', '--package-lock-only', '--ignore-scripts'], shown);
console.log(
  `v${version}: read CHANGELOG.md, then see "Releases" in CONTRIBUTING.md for the commit and the tag`,
);
