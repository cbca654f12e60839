import { parse } from 'yaml';
import { z } from 'zod';
import { commonFields, read } from './compose-files.ts';

/** The stack's folder, relative to the repository root. */
export const stackFolder = 'deploy/swarm';

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
  volumes: z.record(z.string(), z.object({ name: z.string() }).nullable()),
});

export type StackService = z.output<typeof stackService>;
type StackFile = z.output<typeof stackFile>;

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
