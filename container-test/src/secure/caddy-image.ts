import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The image that the compose files use by default. */
const PUBLISHED = 'caddy:2.10-alpine';

/**
 * Finds or builds an image with Caddy: the published one if the engine has it, otherwise one with this machine's
 * `caddy` (Debian packages it), under the given name.
 *
 * @param base an image with the libraries the program needs
 * @returns the image's name; undefined if neither is available
 */
export async function caddyImage(name: string, base: string): Promise<string | undefined> {
  const published = await execa('docker', ['image', 'inspect', PUBLISHED], { reject: false });
  if (!published.failed) return PUBLISHED;
  const program = await execa('which', ['caddy'], { reject: false });
  if (program.failed) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-caddy-'));
  try {
    await copyFile(program.stdout.trim(), join(folder, 'caddy'));
    await writeFile(join(folder, 'Dockerfile'), `FROM ${base}\nCOPY caddy /usr/bin/caddy\n`);
    await execa('docker', ['build', '--tag', name, folder]);
    return name;
  } finally {
    await rm(folder, { recursive: true });
  }
}
