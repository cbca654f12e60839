import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url);

/** @param path relative to the repository root */
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Lists every file in a folder, relative to the repository root. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(fileURLToPath(new URL(folder, root)), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(fileURLToPath(root).length), entry.name));

const environment = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({});

/** A list, or a map if a service has aliases in a network. */
const names = z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform(Object.keys)]);

const healthcheck = z.object({
  test: z.array(z.string()),
  interval: z.string(),
  timeout: z.string(),
  start_period: z.string(),
  retries: z.number(),
});

/** Fields with the same form in compose and stack files. */
export const commonFields = {
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment,
  networks: names,
  healthcheck: healthcheck.optional(),
  init: z.boolean(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  logging: z.unknown(),
};

const composeService = z.object({
  ...commonFields,
  build: z.object({ target: z.string() }).optional(),
  profiles: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()),
  mem_limit: z.string(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
});

const composeFile = z.object({
  services: z.record(z.string(), composeService),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeService = z.output<typeof composeService>;

/** Reads the compose file of a suite. */
export const readCompose = (suite: string) =>
  composeFile.parse(parse(read(`${suite}/docker-compose.yml`), { merge: true }));
