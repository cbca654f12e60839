import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The image that the compose files name, unless one is given. */
const PUBLISHED = 'caddy:2.10-alpine';

/**
 * An image with Caddy: the published one where the engine has it, else one made of the `caddy` on this
 * machine's PATH (Debian has a package of it), under the name given.
 *
 * @param base an image with the libraries that the program needs
 * @returns the image's name; undefined where neither is to be had
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
