import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url);

/** The stack's folder, relative to the repository root. */
export const stackFolder = 'deploy/swarm';

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
const commonFields = {
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
  build: z.object({ dockerfile: z.string() }).optional(),
  tmpfs: z.array(z.string()),
  mem_limit: z.string(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
});

const roll = z.object({
  parallelism: z.number(),
  order: z.string(),
  delay: z.string(),
  monitor: z.string(),
  max_failure_ratio: z.number(),
  failure_action: z.string(),
});

const stackService = z
  .object({
    ...commonFields,
    image: z.string(),
    stop_grace_period: z.string().optional(),
    ports: z.array(z.object({ target: z.number(), published: z.string(), mode: z.string() })).default([]),
    volumes: z.array(z.union([z.string(), z.object({ type: z.literal('tmpfs'), target: z.string() })])),
    configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
    secrets: z.array(z.string()).default([]),
    deploy: z.strictObject({
      replicas: z.union([z.number(), z.string()]),
      endpoint_mode: z.string().optional(),
      restart_policy: z.object({ condition: z.string() }),
      update_config: roll,
      rollback_config: roll,
      placement: z
        .object({
          constraints: z.array(z.string()).optional(),
          preferences: z.array(z.object({ spread: z.string() })).optional(),
        })
        .optional(),
      resources: z.object({ limits: z.object({ memory: z.string() }) }),
    }),
  })
  // Swarm silently ignores other Compose fields, so a stack file must not contain them.
  .strict();

const stackFile = z.object({
  services: z.record(z.string(), stackService),
  configs: z.record(z.string(), z.object({ name: z.string(), file: z.string() })).default({}),
  secrets: z.record(z.string(), z.object({ external: z.literal(true), name: z.string() })).default({}),
  networks: z.record(z.string(), z.object({ driver: z.literal('overlay') })),
  volumes: z.record(z.string(), z.null()),
});

const composeFile = z.object({
  services: z.record(z.string(), composeService),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeService = z.output<typeof composeService>;
export type StackService = z.output<typeof stackService>;
type StackFile = z.output<typeof stackFile>;

/** Reads the compose file of a suite. */
export const readCompose = (suite: string) =>
  composeFile.parse(parse(read(`${suite}/docker-compose.yml`), { merge: true }));

const stackFiles = ['stack.yml', 'stack-monitoring.yml'];

/** Reads the stack's files merged into one, as Swarm does. */
export const readStack = () => {
  const files = stackFiles.map((file) =>
    stackFile.parse(parse(read(`${stackFolder}/${file}`), { merge: true })),
  );
  const all = <Part>(part: (file: StackFile) => Record<string, Part>): Record<string, Part> =>
    Object.fromEntries(files.flatMap((file) => Object.entries(part(file))));
  return {
    services: all(({ services }) => services),
    configs: all(({ configs }) => configs),
    secrets: all(({ secrets }) => secrets),
    networks: all(({ networks }) => networks),
    volumes: all(({ volumes }) => volumes),
  };
};

/** Reads the network options of stack-encrypted.yml, by network. */
export const readEncrypted = () =>
  z
    .object({
      version: z.string(),
      networks: z.record(
        z.string(),
        z.object({ driver: z.literal('overlay'), driver_opts: z.record(z.string(), z.string()) }).strict(),
      ),
    })
    .strict()
    .parse(parse(read(`${stackFolder}/stack-encrypted.yml`))).networks;

/** Lists the variables that the stack's files use. */
export const stackVariables = (): string[] =>
  stackFiles.flatMap((file) =>
    [...read(`${stackFolder}/${file}`).matchAll(/\$\{([A-Z0-9_]+):-/g)].map(([, name = '']) => name),
  );

const prometheusFile = z.object({
  global: z.unknown(),
  rule_files: z.unknown(),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })).default([]),
      dns_sd_configs: z
        .array(z.object({ names: z.array(z.string()), port: z.number(), type: z.literal('A') }))
        .default([]),
      relabel_configs: z.array(z.object({ regex: z.string().optional(), target_label: z.string() })),
    }),
  ),
});

/** @param path relative to the repository root */
export const readPrometheus = (path: string) => prometheusFile.parse(parse(read(path)));
