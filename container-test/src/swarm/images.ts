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
    // The stack decides when the command runs, the image only what it does.
    await writeFile(join(folder, 'healthcheck'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const copy = 'COPY healthcheck /usr/local/bin/healthcheck';
    await writeFile(join(folder, 'Dockerfile'), `FROM ${repository}:latest\n${copy}\n`);
    await docker('build', '--tag', tag, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  return tag;
}
