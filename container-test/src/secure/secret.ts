import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../docker/project.ts';

/** A token and the file that contains it. */
export type Secret = { file: string; value: string };

/** Writes a random token to a file that the containers' user can read. */
export async function createSecret(folder: string, name: string): Promise<Secret> {
  const secret = { file: join(folder, name), value: randomBytes(32).toString('hex') };
  await writeFile(secret.file, `${secret.value}\n`, { mode: 0o644 });
  return secret;
}

/** @throws Error if `docker inspect` or the logs of a service's container reveal the secret */
export async function expectSecretHidden(
  project: Project,
  services: readonly string[],
  { value }: Secret,
): Promise<string> {
  for (const service of services) {
    const id = await project.containerOf(service);
    const outputs = [await project.docker('inspect', id), await project.docker('logs', id)];
    if (outputs.some((output) => output.includes(value))) throw new Error(`${service} reveals the secret`);
  }
  return `${services.length} containers`;
}
