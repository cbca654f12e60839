import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../docker/project.ts';

export type Secret = { file: string; value: string };

/** Makes a token that cannot be guessed, in a file that the containers' user may read. */
export async function makeSecret(folder: string, name: string): Promise<Secret> {
  const secret = { file: join(folder, name), value: randomBytes(32).toString('hex') };
  await writeFile(secret.file, `${secret.value}\n`, { mode: 0o644 });
  return secret;
}

/** @throws Error when a secret stands in what the engine tells of a container, or in what it wrote */
export async function expectUnseen(
  project: Project,
  services: readonly string[],
  { value }: Secret,
): Promise<string> {
  for (const service of services) {
    const id = await project.containerOf(service);
    const seen = [await project.docker('inspect', id), await project.docker('logs', id)];
    if (seen.some((text) => text.includes(value))) throw new Error(`${service} shows the secret`);
  }
  return `${services.length} containers`;
}
