import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from './stack.ts';

/** Gives an image a second tag, which is another image to Swarm. */
export async function otherTag({ docker }: Stack, repository: string): Promise<string> {
  const other = `${repository}:next`;
  await docker('tag', `${repository}:latest`, other);
  return other;
}

/** Builds an image that runs as the given one does, and never calls itself healthy. */
export async function failingImage({ docker }: Stack, repository: string): Promise<string> {
  const failing = `${repository}:failing`;
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-failing-'));
  try {
    // A start period of 0 would be taken for none given, and the base's half a minute be waited.
    const times = '--interval=1s --timeout=1s --start-period=1ms --retries=1';
    const healthcheck = `HEALTHCHECK ${times} CMD ["node", "-e", "process.exit(1)"]`;
    await writeFile(join(folder, 'Dockerfile'), `FROM ${repository}:latest\n${healthcheck}\n`);
    await docker('build', '--tag', failing, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  return failing;
}
