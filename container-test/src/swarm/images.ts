import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Docker } from '../docker/command.ts';

/** Gives an image a second tag, which Swarm treats as another image. */
export async function secondTag(docker: Docker, repository: string): Promise<string> {
  const tag = `${repository}:next`;
  await docker('tag', `${repository}:latest`, tag);
  return tag;
}

/** Builds a copy of an image that runs but never becomes healthy. */
export async function failingImage(docker: Docker, repository: string): Promise<string> {
  const tag = `${repository}:failing`;
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-failing-'));
  try {
    // A start period of 0 counts as unset, and the base image's 30 s would apply.
    const times = '--interval=1s --timeout=1s --start-period=1ms --retries=1';
    const healthcheck = `HEALTHCHECK ${times} CMD ["node", "-e", "process.exit(1)"]`;
    await writeFile(join(folder, 'Dockerfile'), `FROM ${repository}:latest\n${healthcheck}\n`);
    await docker('build', '--tag', tag, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  return tag;
}
