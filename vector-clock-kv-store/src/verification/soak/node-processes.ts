import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

const entry = fileURLToPath(new URL('../../node.ts', import.meta.url));

/** What a started process is doing. A paused one is to the system what it is to its peers: there, but silent. */
type Running = { service: LocalService; paused: boolean };

/** Few, so that a node that was away for a while or lost its disk needs a snapshot, too. */
const LOG_RETENTION = 500;

/** A node with an empty disk waits this long for its peers to answer, in milliseconds; some are down just then. */
const PEER_WAIT_MS = 3_000;

/** Nodes of the store as processes of this machine, each with its own folder, to be killed, paused and wiped. */
export class NodeProcesses {
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #running = new Map<string, Running>();
  readonly #traced: boolean;
  readonly #problems: string[] = [];

  private constructor(folder: string, ports: ReadonlyMap<string, number>, traced: boolean) {
    this.#folder = folder;
    this.#ports = ports;
    this.#traced = traced;
  }

  /**
   * Chooses names and ports; starts nothing.
   *
   * @param folder where the nodes keep their data
   * @param traced whether they keep traces of their events
   */
  static async plan(count: number, folder: string, traced: boolean): Promise<NodeProcesses> {
    const ports = new Map<string, number>();
    for (let number = 1; number <= count; number++) ports.set(`node${number}`, await freePort());
    return new NodeProcesses(folder, ports, traced);
  }

  get names(): string[] {
    return [...this.#ports.keys()];
  }

  /** Nodes that ended though nobody ended them, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Whether it is running and not paused. */
  isAwake(name: string): boolean {
    return this.#running.get(name)?.paused === false;
  }

  /** Starts a node; does nothing when it runs. */
  start(name: string): void {
    if (this.#running.has(name)) return;
    let last = '';
    const service = startLocalService({
      name,
      entry,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        PEERS: this.names.map((peer) => `${peer}=${this.url(peer)}`).join(','),
        DATA_DIR: this.#directory(name),
        FAULTS: '1',
        TRACE: this.#traced ? '1' : '0',
        LOG_LEVEL: 'error',
        LOG_RETENTION: String(LOG_RETENTION),
        PEER_WAIT_MS: String(PEER_WAIT_MS),
      },
      onLine(line) {
        last = line;
      },
    });
    const running = { service, paused: false };
    this.#running.set(name, running);
    void service.ended.then(({ exitCode, signal }) => {
      if (this.#running.get(name) !== running) return;
      this.#running.delete(name);
      this.#problems.push(`${name} ended by itself with ${exitCode ?? signal}: ${last}`);
    });
  }

  /** Resolves once all nodes that run are ready; rejects when one is not within a minute. */
  async ready(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ service }) => service.ready()));
  }

  /** Ends a node as a crash does, and resolves once it is gone. */
  async kill(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    running?.service.signal('SIGKILL');
    await running?.service.ended;
  }

  /** @returns false when it does not run or is paused already */
  pause(name: string): boolean {
    return this.#hold(name, true, 'SIGSTOP');
  }

  /** Lets a paused node go on. @returns false when it is not paused */
  goOn(name: string): boolean {
    return this.#hold(name, false, 'SIGCONT');
  }

  /** Removes all that a node has stored; it must not be running. */
  async wipe(name: string): Promise<void> {
    await rm(this.#directory(name), { recursive: true, force: true });
  }

  /** Ends all nodes. */
  async stop(): Promise<void> {
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map(({ service }) => service.stop()));
  }

  #hold(name: string, paused: boolean, signal: NodeJS.Signals): boolean {
    const running = this.#running.get(name);
    if (running === undefined || running.paused === paused) return false;
    running.service.signal(signal);
    running.paused = paused;
    return true;
  }

  #directory(name: string): string {
    return join(this.#folder, name);
  }
}
