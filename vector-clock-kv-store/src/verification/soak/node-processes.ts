import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

export const nodeEntry = fileURLToPath(new URL('../../node.ts', import.meta.url));

/** A started process. A paused one still accepts connections but never responds. */
type RunningNode = { service: LocalService; paused: boolean };

export type NodeProcessesOptions = {
  count: number;
  /** The parent of the nodes' data directories. Without it, nodes keep their data in memory. */
  dataRoot?: string;
  /** Further environment variables of every node. */
  environment?: Record<string, string>;
  /** Called for each line that a node prints. */
  onLine?: (name: string, line: string) => void;
};

/** A cluster `node1`, `node2` and so on as local processes that can be killed, paused and wiped. */
export class NodeProcesses {
  readonly #dataRoot: string | undefined;
  readonly #environment: Record<string, string>;
  readonly #onLine: NodeProcessesOptions['onLine'];
  readonly #ports: ReadonlyMap<string, number>;
  readonly #running = new Map<string, RunningNode>();
  readonly #problems: string[] = [];

  private constructor(
    ports: ReadonlyMap<string, number>,
    { dataRoot, environment, onLine }: NodeProcessesOptions,
  ) {
    this.#ports = ports;
    this.#dataRoot = dataRoot;
    this.#environment = environment ?? {};
    this.#onLine = onLine;
  }

  /** Assigns names and ports; starts nothing. */
  static async plan(options: NodeProcessesOptions): Promise<NodeProcesses> {
    const ports = new Map<string, number>();
    for (let number = 1; number <= options.count; number++) ports.set(`node${number}`, await freePort());
    return new NodeProcesses(ports, options);
  }

  get names(): string[] {
    return [...this.#ports.keys()];
  }

  /** One sentence for each node that exited although nobody stopped it. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  get urls(): string[] {
    return this.names.map((name) => this.url(name));
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  /** The process of a node; undefined while it is not running. */
  pid(name: string): number | undefined {
    return this.#running.get(name)?.service.pid;
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Whether the node is running and not paused. */
  isAwake(name: string): boolean {
    return this.#running.get(name)?.paused === false;
  }

  /** Starts nodes and resolves once they are ready; rejects when one exits or is not ready within a minute. */
  async start(...names: string[]): Promise<void> {
    for (const name of names) this.launch(name);
    await Promise.all(names.map((name) => this.#running.get(name)?.service.ready()));
  }

  /** Starts a node unless it is running; does not wait until it is ready. */
  launch(name: string): void {
    if (this.#running.has(name)) return;
    let lastLine = '';
    const service = startLocalService({
      name,
      entryFile: nodeEntry,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        PEERS: this.names.map((peer) => `${peer}=${this.url(peer)}`).join(','),
        FAULTS: '1',
        ...(this.#dataRoot === undefined ? {} : { DATA_DIR: join(this.#dataRoot, name) }),
        ...this.#environment,
      },
      onLine: (line) => {
        lastLine = line;
        this.#onLine?.(name, line);
      },
    });
    const running = { service, paused: false };
    this.#running.set(name, running);
    void service.exited.then(({ exitCode, signal }) => {
      if (this.#running.get(name) !== running) return;
      this.#running.delete(name);
      this.#problems.push(`${name} exited unexpectedly with ${exitCode ?? signal}: ${lastLine}`);
    });
  }

  /** Kills a node with SIGKILL. Resolves once it has exited. */
  async kill(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    running?.service.signal('SIGKILL');
    await running?.service.exited;
  }

  /** Stops a node with SIGSTOP. @returns false when it is not running or already paused */
  pause(name: string): boolean {
    return this.#setPaused(name, true, 'SIGSTOP');
  }

  /** Continues a paused node. @returns false when it is not paused */
  resume(name: string): boolean {
    return this.#setPaused(name, false, 'SIGCONT');
  }

  /** Deletes the data of a node, which must not be running. */
  async wipe(name: string): Promise<void> {
    if (this.#dataRoot !== undefined) await rm(join(this.#dataRoot, name), { recursive: true, force: true });
  }

  /** Stops all nodes. */
  async stop(): Promise<void> {
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map(({ service }) => service.stop()));
  }

  #setPaused(name: string, paused: boolean, signal: NodeJS.Signals): boolean {
    const running = this.#running.get(name);
    if (running === undefined || running.paused === paused) return false;
    running.service.signal(signal);
    running.paused = paused;
    return true;
  }
}
