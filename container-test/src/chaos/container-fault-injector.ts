import type { FaultInjector, FaultKind, InjectedFault } from '@gridclock/simulation-kit';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { Docker } from '../docker/command.ts';
import { type ContainerSnapshot, inspectContainer } from '../docker/inspect.ts';
import { pauseContainer } from '../docker/pause-container.ts';
import type { Project } from '../docker/project.ts';
import { insertGrayProxies, readdress, removeGrayProxies } from './address-takeover.ts';

/** A fault as it affected one service. Times are in milliseconds since 1970. */
export type ServiceFault = {
  service: string;
  kind: FaultKind;
  /** When the engine was asked to inject it. */
  requestedAt: number;
  /** When the engine had injected it. */
  injectedAt: number;
  /** When the engine had undone it; undefined while it is active. */
  endedAt: number | undefined;
};

export type ContainerFaultInjectorOptions = {
  project: Pick<Project, 'containerOf' | 'docker'>;
  /** Services with one running container each. */
  services: readonly string[];
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** False while another process may be starting in the service's container; see `pauseContainer`. */
  mayPause?: (service: string) => boolean;
};

/** The engine waits 100 ms before it restarts a crashed container, and twice as long each time after that. */
const RESTART_TIMEOUT_MS = 30_000;

/** The data folder in every image that has one. */
const DATA_FOLDER = '/data';

type ActiveFault = { container: ContainerSnapshot; serviceFault: ServiceFault };

/**
 * Injects faults into a project's containers through the engine, at most one at a time per container.
 * The end of a fault restores the container's networks and its aliases there.
 */
export class ContainerFaultInjector implements FaultInjector {
  readonly #docker: Docker;
  readonly #now: () => number;
  readonly #mayPause: (service: string) => boolean;
  /** The containers without a fault, by service. */
  readonly #available: Map<string, ContainerSnapshot>;
  readonly #active = new Map<InjectedFault, ActiveFault[]>();
  readonly #serviceFaults: ServiceFault[] = [];
  /** The proxies of gray failures, by the container behind them. */
  readonly #grayProxies = new Map<string, readonly string[]>();

  private constructor(
    { mayPause = () => true, now, project }: ContainerFaultInjectorOptions,
    containers: ReadonlyMap<string, ContainerSnapshot>,
  ) {
    this.#docker = project.docker;
    this.#now = now;
    this.#mayPause = mayPause;
    this.#available = new Map(containers);
  }

  /** Creates an injector; the containers' present state is what faults are reverted to. */
  static async create(options: ContainerFaultInjectorOptions): Promise<ContainerFaultInjector> {
    const { project, services } = options;
    const containers = services.map(async (service): Promise<[string, ContainerSnapshot]> => {
      return [service, await inspectContainer(project.docker, await project.containerOf(service))];
    });
    return new ContainerFaultInjector(options, new Map(await Promise.all(containers)));
  }

  /** All faults so far, including active ones. */
  get serviceFaults(): readonly Readonly<ServiceFault>[] {
    return this.#serviceFaults;
  }

  /** Whether the service has no active fault. */
  isAvailable(service: string): boolean {
    return this.#available.has(service);
  }

  /** Injects a fault into those of its targets that have no other; resolves to false if there are none. */
  async begin(fault: InjectedFault): Promise<boolean> {
    const targets = fault.nodes.flatMap((service) => {
      const container = this.#available.get(service);
      if (container === undefined || (fault.kind === 'pause' && !this.#mayPause(service))) return [];
      this.#available.delete(service);
      const requestedAt = this.#now();
      const serviceFault = {
        service,
        kind: fault.kind,
        requestedAt,
        injectedAt: requestedAt,
        endedAt: undefined,
      };
      return [{ container, serviceFault }];
    });
    this.#active.set(fault, targets);
    const injected = await Promise.all(
      targets.map(async ({ container, serviceFault }) => {
        this.#serviceFaults.push(serviceFault);
        const done = await this.#inject(fault.kind, container);
        serviceFault.injectedAt = this.#now();
        return done;
      }),
    );
    if (injected.includes(true)) return true;
    this.#active.delete(fault);
    for (const { container, serviceFault } of targets) this.#available.set(serviceFault.service, container);
    return false;
  }

  async end(fault: InjectedFault): Promise<void> {
    const targets = this.#active.get(fault) ?? [];
    await Promise.all(
      targets.map(async ({ container, serviceFault }) => {
        await this.#revert(fault.kind, container);
        serviceFault.endedAt = this.#now();
        this.#available.set(serviceFault.service, container);
      }),
    );
    this.#active.delete(fault);
  }

  /** Ends all active faults after a run that was cut short, and ignores those that cannot be ended. */
  async endAll(): Promise<void> {
    await Promise.allSettled([...this.#active.keys()].map((fault) => this.end(fault)));
  }

  /** Resolves to false if the engine is busy with the container. */
  async #inject(kind: FaultKind, container: ContainerSnapshot): Promise<boolean> {
    const docker = this.#docker;
    const { id, imageId, networks } = container;
    switch (kind) {
      // The engine does not restart a container that it was asked to kill.
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
      case 'gray':
        this.#grayProxies.set(id, await insertGrayProxies(docker, container));
        return true;
      case 'readdress':
        await readdress(docker, container);
        return true;
      case 'wipe':
        await docker('kill', id);
        await docker(
          'run',
          '--rm',
          '--network=none',
          '--volumes-from',
          id,
          imageId,
          ...eraseCommand(DATA_FOLDER),
        );
        return true;
      default:
        throw new Error(`the engine cannot inject a fault of kind ${kind}`);
    }
  }

  async #revert(kind: FaultKind, container: ContainerSnapshot): Promise<void> {
    const docker = this.#docker;
    const { id, networks } = container;
    if (kind === 'gray') await removeGrayProxies(docker, this.#grayProxies.get(id) ?? [], container);
    if (kind === 'kill' || kind === 'wipe') await docker('start', id);
    if (kind === 'pause') await docker('unpause', id);
    if (kind !== 'disconnect') return;
    for (const { name, aliases } of networks) {
      const aliasArgs = aliases.flatMap((alias) => ['--alias', alias]);
      await docker('network', 'connect', ...aliasArgs, name, id);
    }
  }

  /** Kills every process in the container but init, which then exits: the restart policy must bring it back. */
  async #crash(id: string): Promise<void> {
    const docker = this.#docker;
    const { startedAt } = await inspectContainer(docker, id);
    await docker('exec', '--detach', id, 'sh', '-c', 'kill -9 -1');
    const hasRestarted = async () => {
      const current = await inspectContainer(docker, id);
      return current.running && current.startedAt !== startedAt;
    };
    await pWaitFor(hasRestarted, { interval: 50, timeout: RESTART_TIMEOUT_MS }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
      throw new Error(`the engine did not restart container ${id} within ${RESTART_TIMEOUT_MS} ms`);
    });
  }
}

function eraseCommand(folder: string): string[] {
  return ['find', folder, '-mindepth', '1', '-delete'];
}
