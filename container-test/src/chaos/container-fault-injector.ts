import type { FaultInjector, FaultKind, InjectedFault } from '@gridclock/simulation-kit';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { type Standing, standingOf } from '../docker/inspect.ts';
import { pauseContainer } from '../docker/pause-container.ts';
import type { Project } from '../docker/project.ts';

/** One service's being struck. Times in milliseconds since 1970. */
export type Blow = {
  service: string;
  kind: FaultKind;
  /** When the engine was asked to strike, and when it had. */
  asked: number;
  struck: number;
  /** When the engine had taken it back; undefined as long as it has not. */
  over: number | undefined;
};

export type StruckOptions = {
  project: Pick<Project, 'containerOf' | 'docker'>;
  /** Each with one container. */
  services: readonly string[];
  /** Milliseconds since 1970. */
  now: () => number;
  /** False as long as something else may bring a process into the service's container; pause-container.ts says why. */
  mayPause?: (service: string) => boolean;
};

/** The engine waits 100 ms before it starts a crashed container, twice that the next time, and so on. */
const STARTED_AGAIN_WITHIN_MS = 30_000;

/** Where the store's image keeps its data. */
const DATA = '/data';

/**
 * Carries strikes out on the containers of a project through the engine, one at a time on each. What a container
 * had before, its networks and its names there, it gets back.
 */
export class StruckContainers implements FaultInjector {
  readonly #docker: Project['docker'];
  readonly #now: () => number;
  readonly #mayPause: (service: string) => boolean;
  readonly #free: Map<string, Standing>;
  readonly #taken = new Map<InjectedFault, { standing: Standing; blow: Blow }[]>();
  readonly #blows: Blow[] = [];

  private constructor(
    { mayPause = () => true, now, project }: StruckOptions,
    standings: ReadonlyMap<string, Standing>,
  ) {
    this.#docker = project.docker;
    this.#now = now;
    this.#mayPause = mayPause;
    this.#free = new Map(standings);
  }

  /** Looks at the containers as they are, all of them running. */
  static async of(options: StruckOptions): Promise<StruckContainers> {
    const { project, services } = options;
    const standings = services.map(async (service): Promise<[string, Standing]> => {
      return [service, await standingOf(project.docker, await project.containerOf(service))];
    });
    return new StruckContainers(options, new Map(await Promise.all(standings)));
  }

  /** All blows so far, those that last included. */
  get blows(): readonly Readonly<Blow>[] {
    return this.#blows;
  }

  /** Whether nothing strikes the service at the moment. */
  isFree(service: string): boolean {
    return this.#free.has(service);
  }

  /** Strikes those of the containers that nothing else strikes. */
  async begin(strike: InjectedFault): Promise<boolean> {
    const taken = strike.nodes.flatMap((service) => {
      const standing = this.#free.get(service);
      if (standing === undefined || (strike.kind === 'pause' && !this.#mayPause(service))) return [];
      this.#free.delete(service);
      const asked = this.#now();
      return [{ standing, blow: { service, kind: strike.kind, asked, struck: asked, over: undefined } }];
    });
    this.#taken.set(strike, taken);
    const struck = await Promise.all(
      taken.map(async ({ standing, blow }) => {
        this.#blows.push(blow);
        const done = await this.#strike(strike.kind, standing);
        blow.struck = this.#now();
        return done;
      }),
    );
    if (struck.includes(true)) return true;
    this.#taken.delete(strike);
    for (const { blow, standing } of taken) this.#free.set(blow.service, standing);
    return false;
  }

  async end(strike: InjectedFault): Promise<void> {
    const taken = this.#taken.get(strike) ?? [];
    await Promise.all(
      taken.map(async ({ standing, blow }) => {
        await this.#takeBack(strike.kind, standing);
        blow.over = this.#now();
        this.#free.set(blow.service, standing);
      }),
    );
    this.#taken.delete(strike);
  }

  /** Takes back what still strikes, as far as it can be, after a run that came to no end. */
  async restore(): Promise<void> {
    await Promise.allSettled([...this.#taken.keys()].map((strike) => this.end(strike)));
  }

  /** Resolves to false where the engine, busy with the container, would not. */
  async #strike(kind: FaultKind, { id, image, networks }: Standing): Promise<boolean> {
    const docker = this.#docker;
    switch (kind) {
      // A container that is killed through the engine stays down until it is started through the engine.
      case 'kill':
        await docker('kill', id);
        return true;
      case 'crash':
        await this.#crash(id);
        return true;
      case 'pause':
        return pauseContainer(docker, id, this.#now);
      case 'disconnect':
        for (const { name } of networks) await docker('network', 'disconnect', name, id);
        return true;
      case 'wipe':
        await docker('kill', id);
        await docker('run', '--rm', '--network=none', '--volumes-from', id, image, ...erase(DATA));
        return true;
      default:
        throw new Error(`the engine has no way to ${kind}`);
    }
  }

  async #takeBack(kind: FaultKind, { id, networks }: Standing): Promise<void> {
    const docker = this.#docker;
    if (kind === 'kill' || kind === 'wipe') await docker('start', id);
    if (kind === 'pause') await docker('unpause', id);
    if (kind !== 'disconnect') return;
    for (const { name, aliases } of networks) {
      const names = aliases.flatMap((alias) => ['--alias', alias]);
      await docker('network', 'connect', ...names, name, id);
    }
  }

  /** Kills every process in the container but init, which then ends too: the restart policy has to bring it back. */
  async #crash(id: string): Promise<void> {
    const docker = this.#docker;
    const { startedAt } = await standingOf(docker, id);
    await docker('exec', '--detach', id, 'sh', '-c', 'kill -9 -1');
    const isBack = async () => {
      const found = await standingOf(docker, id);
      return found.running && found.startedAt !== startedAt;
    };
    await pWaitFor(isBack, { interval: 50, timeout: STARTED_AGAIN_WITHIN_MS }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
      throw new Error(`the engine did not start ${id} again within ${STARTED_AGAIN_WITHIN_MS} ms`);
    });
  }
}

function erase(folder: string): string[] {
  return ['find', folder, '-mindepth', '1', '-delete'];
}
