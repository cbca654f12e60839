import { z } from 'zod';
import type { Docker } from './command.ts';

/** A container as `docker inspect` describes it. Times are in milliseconds since 1970. */
export type ContainerSnapshot = z.output<typeof containerSchema>;

/** A network as `docker network inspect` describes it. */
export type NetworkSnapshot = z.output<typeof networkSchema>;

const timeSchema = z.string().transform((time) => Date.parse(time));

const containerSchema = z
  .object({
    Id: z.string(),
    Name: z.string(),
    Image: z.string(),
    Config: z.object({
      Image: z.string(),
      User: z.string(),
      // In nanoseconds; 30 s is the engine's default.
      Healthcheck: z.object({ Interval: z.number().default(30e9) }).optional(),
    }),
    State: z.object({
      Status: z.string(),
      Running: z.boolean(),
      ExitCode: z.number(),
      StartedAt: timeSchema,
      Health: z
        .object({ Status: z.string(), Log: z.array(z.object({ End: timeSchema })).nullable() })
        .optional(),
    }),
    HostConfig: z.object({
      ReadonlyRootfs: z.boolean(),
      CapDrop: z.array(z.string()).nullable(),
      SecurityOpt: z.array(z.string()).nullable(),
      Memory: z.number(),
    }),
    NetworkSettings: z.object({
      Networks: z.record(
        z.string(),
        z.object({ Aliases: z.array(z.string()).nullable(), IPAddress: z.string() }),
      ),
      Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()).nullable(),
    }),
  })
  .transform(({ Config, HostConfig, Id, Image, Name, NetworkSettings, State }) => ({
    id: Id,
    name: Name.replace(/^\//, ''),
    imageId: Image,
    imageName: Config.Image,
    user: Config.User,
    status: State.Status,
    /** Also true while the container is paused. */
    running: State.Running,
    exitCode: State.ExitCode,
    startedAt: State.StartedAt,
    /** `starting`, `healthy` or `unhealthy`; undefined if the container has no health check. */
    health: State.Health?.Status,
    /** The health check's interval in milliseconds, and when the last one ended. */
    healthCheck:
      Config.Healthcheck === undefined
        ? undefined
        : { intervalMs: Config.Healthcheck.Interval / 1e6, lastEndedAt: State.Health?.Log?.at(-1)?.End },
    readOnlyRoot: HostConfig.ReadonlyRootfs,
    droppedCapabilities: HostConfig.CapDrop ?? [],
    securityOptions: HostConfig.SecurityOpt ?? [],
    /** In bytes; 0 is unlimited. */
    memoryLimit: HostConfig.Memory,
    networks: Object.entries(NetworkSettings.Networks).map(([name, { Aliases, IPAddress }]) => ({
      name,
      address: IPAddress,
      // The engine adds an alias made from the container's id.
      aliases: (Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
    })),
    /** The first host port of each container port, such as `8000/tcp`. */
    publishedPorts: new Map(
      Object.entries(NetworkSettings.Ports ?? {}).map(([port, bindings]) => [port, bindings?.[0]?.HostPort]),
    ),
  }));

const networkSchema = z
  .object({ Name: z.string(), Options: z.record(z.string(), z.string()) })
  .transform(({ Name, Options }) => ({ name: Name, encrypted: Options.encrypted !== undefined }));

/** Takes a snapshot of each container, in the order of the ids. */
export async function inspectContainers(
  docker: Docker,
  ids: readonly string[],
): Promise<ContainerSnapshot[]> {
  if (ids.length === 0) return [];
  return z.array(containerSchema).parse(JSON.parse(await docker('inspect', ...ids)));
}

/** Takes a snapshot of one container. */
export async function inspectContainer(docker: Docker, id: string): Promise<ContainerSnapshot> {
  const [container] = await inspectContainers(docker, [id]);
  if (container === undefined) throw new Error(`docker inspect returned nothing for container ${id}`);
  return container;
}

/** Takes a snapshot of each network, in the order of the ids. */
export async function inspectNetworks(docker: Docker, ids: readonly string[]): Promise<NetworkSnapshot[]> {
  return z.array(networkSchema).parse(JSON.parse(await docker('network', 'inspect', ...ids)));
}
