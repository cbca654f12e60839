import { freePort } from '@gridclock/free-port';
import type { JudgedProcess } from '@gridclock/judge-kit';
import { type Dialect, hostOf, substationVariables } from './dialect.ts';
import type { GridClient } from './grid-client.ts';
import { findPlace, JudgedService, type JudgedServiceOptions } from './judged-service.ts';
import { LossyLink } from './lossy-link.ts';
import { type ShownSession, sessionsAt } from './shown-sessions.ts';
import { SubstationBench } from './substation-bench.ts';

export type GridBenchOptions = {
  balancer: string;
  substation: string;
  entry?: string | undefined;
  /** How many substations it has. */
  count: number;
  dialect: Dialect;
  /** How long each program may take to start, in milliseconds. */
  startMs?: number | undefined;
};

/** 500 ms, as in front of scripted substations. */
const POLL_INTERVAL_MS = 500;

/** A whole grid of judged programs, with a proxy of the judge between the balancer and each substation. */
export class GridBench {
  /** Where charges are sent: the entry, or the balancer of a grid without one. */
  readonly client: GridClient;
  readonly substations: readonly SubstationBench[];
  readonly links: readonly LossyLink[];
  readonly #services: readonly JudgedService[];

  private constructor(
    client: GridClient,
    substations: readonly SubstationBench[],
    links: readonly LossyLink[],
    services: readonly JudgedService[],
  ) {
    this.client = client;
    this.substations = substations;
    this.links = links;
    this.#services = services;
  }

  /** @throws ProgramStartError */
  static async start({
    balancer,
    substation,
    entry,
    count,
    dialect,
    startMs,
  }: GridBenchOptions): Promise<GridBench> {
    const ids = Array.from({ length: count }, (_, index) => `substation_${index + 1}`);
    const started: SubstationBench[] = [];
    const links: LossyLink[] = [];
    const services: JudgedService[] = [];
    try {
      const port = dialect.launch === 'SUBSTATION_HOSTS' ? await freePort() : 0;
      for (const [index, id] of ids.entries()) {
        const bench = await SubstationBench.start({ command: substation, id, startMs });
        started.push(bench);
        links.push(await LossyLink.listen({ host: hostOf(dialect, index), port, target: bench.client.url }));
      }
      const addresses = links.map((link, index) => ({
        id: ids[index] ?? '',
        url: link.url,
        host: link.host,
        port: link.port,
      }));
      const environment = {
        POLL_INTERVAL_MS: String(POLL_INTERVAL_MS),
        ...substationVariables(dialect, addresses),
      };
      const launch = async (options: JudgedServiceOptions) => {
        const service = await new JudgedService(await findPlace(), options).serving();
        services.push(service);
        return service.client;
      };
      const behind = await launch({ command: balancer, startMs, chargePath: dialect.route, environment });
      const client =
        entry === undefined
          ? behind
          : await launch({
              command: entry,
              startMs,
              chargePath: '/charge',
              environment: { LOAD_BALANCER_URL: behind.url },
            });
      return new GridBench(client, started, links, services);
    } catch (error) {
      await stopAll(started, links, services);
      throw error;
    }
  }

  /** The first of its processes that has exited, or else any. */
  get process(): JudgedProcess | undefined {
    const all = [...this.#services, ...this.substations].map(({ process }) => process);
    return all.find(({ exit }) => exit !== undefined) ?? all[0];
  }

  /** The sessions that the substations show in their status. */
  sessions(): Promise<ShownSession[]> {
    return sessionsAt(this.substations);
  }

  stop(): Promise<void> {
    return stopAll(this.substations, this.links, this.#services);
  }
}

async function stopAll(
  substations: readonly SubstationBench[],
  links: readonly LossyLink[],
  services: readonly JudgedService[],
): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
  for (const link of links) link.close();
  await Promise.all(substations.map((substation) => substation.stop()));
}
