import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

const entry = fileURLToPath(new URL('../../src/node.ts', import.meta.url));

/** Three nodes as processes of their own, on free ports. */
export class LocalCluster {
  readonly #ports: ReadonlyMap<string, number>;
  readonly #environment: (name: string) => Record<string, string>;
  readonly #running = new Map<string, LocalService>();

  private constructor(
    ports: ReadonlyMap<string, number>,
    environment: (name: string) => Record<string, string>,
  ) {
    this.#ports = ports;
    this.#environment = environment;
  }

  /**
   * Chooses the ports; starts nothing.
   *
   * @param shared variables that every node gets
   * @param own variables of the node named
   */
  static async plan(
    shared: Record<string, string> = {},
    own: (name: string) => Record<string, string> = () => ({}),
  ): Promise<LocalCluster> {
    const ports = new Map<string, number>();
    for (const name of ['node1', 'node2', 'node3']) ports.set(name, await freePort());
    return new LocalCluster(ports, (name) => ({ ...shared, ...own(name) }));
  }

  urls(): string[] {
    return [...this.#ports.keys()].map((name) => this.url(name));
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  /** Starts the nodes named, at once, and waits until they serve. */
  async start(...names: string[]): Promise<void> {
    await Promise.all(names.map((name) => this.startInVain(name).ready()));
  }

  /** Starts a node that may never serve. */
  startInVain(name: string): LocalService {
    const service = startLocalService({
      name,
      entry,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        PEERS: [...this.#ports.keys()].map((other) => `${other}=${this.url(other)}`).join(','),
        FAULTS: '1',
        PEER_WAIT_MS: '30000',
        ...this.#environment(name),
      },
    });
    this.#running.set(name, service);
    return service;
  }

  /** Kills a node as a crash does, and waits until it is gone. */
  async kill(name: string): Promise<void> {
    const service = this.#running.get(name);
    service?.signal('SIGKILL');
    await service?.exited;
    this.#running.delete(name);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((service) => service.stop()));
  }
}
