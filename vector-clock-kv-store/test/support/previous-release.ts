import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleEntries } from '@gridclock/local-service';
import { execa } from 'execa';

/** The last commit that knew no versions of the wire format, nor a journal. Used until there is a release. */
const BEFORE_VERSIONS = 'f3495d4090107818946b88ee91593a9b9b63ba8a';

const clone = fileURLToPath(new URL('../../../', import.meta.url));

const git = (...parameters: string[]) => execa('git', parameters, { cwd: clone, reject: false });

/** The revision of the release before this one; undefined if this clone lacks it, as a shallow one does. */
async function findPreviousRelease(): Promise<string | undefined> {
  // Before HEAD: the commit of a release is compared with the release before it.
  const { stdout: tag } = await git('describe', '--tags', '--abbrev=0', '--match=v[0-9]*', 'HEAD^');
  // A clone without tags still has the commit that the last one names.
  const { stdout: commit } = await git('log', '-1', '--format=%H', '--grep=^Release v[0-9]', 'HEAD^');
  const revision = tag || commit || BEFORE_VERSIONS;
  const { exitCode } = await git('cat-file', '-e', `${revision}^{commit}`);
  return exitCode === 0 ? revision : undefined;
}

export const previousRelease = await findPreviousRelease();

/**
 * Bundles the node of another revision. Its own packages are of that revision, all others are those of this clone. One that only
 * that revision needs, as v0.2.0 needs undici, is a development dependency of the store, which knip.json names.
 *
 * @param folder an empty folder
 * @returns the bundle's path
 */
export async function bundleNodeOf(revision: string, folder: string): Promise<string> {
  const sources = join(folder, 'sources');
  const scope = join(sources, 'node_modules', '@gridclock');
  await mkdir(scope, { recursive: true });
  const archive = await execa('git', ['archive', revision, 'packages', 'vector-clock-kv-store'], {
    cwd: clone,
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
  });
  await execa('tar', ['x', '-C', sources], { input: archive.stdout });
  for (const name of await readdir(join(sources, 'packages')))
    await symlink(join(sources, 'packages', name), join(scope, name));
  const bundles = join(folder, 'bundles');
  await bundleEntries([join(sources, 'vector-clock-kv-store', 'src', 'node.ts')], {
    folder: bundles,
    portable: false,
    clone: sources,
    packages: join(clone, 'node_modules'),
  });
  return join(bundles, 'vector-clock-kv-store', 'src', 'node.mjs');
}
