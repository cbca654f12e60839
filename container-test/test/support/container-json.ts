/** What a test sets of a container; times are in milliseconds since 1970. */
export type ContainerOverrides = {
  id?: string;
  startedAt?: number;
  networks?: Record<string, { aliases: string[] | null }>;
  /** A health check every `intervalMs`; `endedAt` lists when the finished ones ended. */
  healthCheck?: { intervalMs: number; endedAt: number[] };
};

/** The output of `docker inspect` for one running container. */
export function containerJson({
  healthCheck,
  id = 'c0ffee',
  networks = {},
  startedAt = 0,
}: ContainerOverrides = {}): string {
  const time = (at: number) => new Date(at).toISOString();
  const container = {
    Id: id,
    Name: `/${id}`,
    Image: 'sha256:1',
    Config: {
      Image: 'image:latest',
      User: 'node',
      ...(healthCheck === undefined ? {} : { Healthcheck: { Interval: healthCheck.intervalMs * 1e6 } }),
    },
    State: {
      Status: 'running',
      Running: true,
      ExitCode: 0,
      StartedAt: time(startedAt),
      ...(healthCheck === undefined
        ? {}
        : { Health: { Status: 'healthy', Log: healthCheck.endedAt.map((at) => ({ End: time(at) })) } }),
    },
    HostConfig: { ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: null, Memory: 0 },
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(networks).map(([name, { aliases }]) => [
          name,
          { Aliases: aliases, IPAddress: '172.17.0.2' },
        ]),
      ),
      Ports: { '8000/tcp': [{ HostPort: '32768' }], '9000/tcp': null },
    },
  };
  return JSON.stringify([container]);
}
