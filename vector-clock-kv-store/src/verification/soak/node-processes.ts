import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

const nodeEntry = fileURLToPath(new URL('../../node.ts', import.meta.url));

/** A started process. A paused one still accepts connections but never responds. */
type RunningNode = { service: LocalService; paused: boolean };

/** Small, so that a node that was down or lost its disk sometimes needs a snapshot. */
const LOG_RETENTION = 500;

/** How long a node with an empty disk waits for its peers, in milliseconds: less than a fault lasts. */
const PEER_WAIT_MS = 3_000;

/** Store nodes as local processes, each with its own data directory, that can be killed, paused and wiped. */
export class NodeProcesses {
  readonly #dataRoot: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #running = new Map<string, RunningNode>();
  readonly #traced: boolean;
  readonly #problems: string[] = [];

  private constructor(dataRoot: string, ports: ReadonlyMap<string, number>, traced: boolean) {
    this.#dataRoot = dataRoot;
    this.#ports = ports;
    this.#traced = traced;
  }

  /**
   * Assigns names and ports; starts nothing.
   *
   * @param dataRoot the parent of the nodes' data directories
   * @param traced whether the nodes record their events (TRACE=1)
   */
  static async plan(count: number, dataRoot: string, traced: boolean): Promise<NodeProcesses> {
    const ports = new Map<string, number>();
    for (let number = 1; number <= count; number++) ports.set(`node${number}`, await freePort());
    return new NodeProcesses(dataRoot, ports, traced);
  }

  get names(): string[] {
    return [...this.#ports.keys()];
  }

  /** One sentence for each node that exited although nobody stopped it. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Whether the node is running and not paused. */
  isAwake(name: string): boolean {
    return this.#running.get(name)?.paused === false;
  }

  /** Starts a node unless it is running. */
  start(name: string): void {
    if (this.#running.has(name)) return;
    let lastLine = '';
    const service = startLocalService({
      name,
      entry: nodeEntry,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        PEERS: this.names.map((peer) => `${peer}=${this.url(peer)}`).join(','),
        DATA_DIR: this.#dataDirectory(name),
        FAULTS: '1',
        TRACE: this.#traced ? '1' : '0',
        LOG_LEVEL: 'error',
        LOG_RETENTION: String(LOG_RETENTION),
        PEER_WAIT_MS: String(PEER_WAIT_MS),
      },
      onLine(line) {
        lastLine = line;
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

  /** Resolves once every running node is ready; rejects when one exits or is not ready within a minute. */
  async ready(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ service }) => service.ready()));
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
    await rm(this.#dataDirectory(name), { recursive: true, force: true });
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

  #dataDirectory(name: string): string {
    return join(this.#dataRoot, name);
  }
}
