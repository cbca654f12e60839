import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type LocalService } from '@gridclock/local-service';
import { startNode } from './start-node.ts';

/** A started process. A paused one still accepts connections but never responds. */
type RunningNode = { service: LocalService; paused: boolean };

export type NodeProcessesOptions = {
  count: number;
  /** The parent of the nodes' data directories. Without it, nodes keep their data in memory. */
  dataRoot?: string;
  /** Returns the entry file that a node is started from; by default, that of this clone. */
  entryFile?: (name: string) => string;
  /** Further environment variables of every node. */
  environment?: Record<string, string>;
  /** Called for each line that a node prints. */
  onLine?: (name: string, line: string) => void;
};

/** A cluster `node1`, `node2` and so on as local processes that can be killed, paused, moved and wiped. */
export class NodeProcesses {
  readonly #dataRoot: string | undefined;
  readonly #entryFile: NodeProcessesOptions['entryFile'];
  readonly #environment: Record<string, string>;
  readonly #onLine: NodeProcessesOptions['onLine'];
  readonly #ports: Map<string, number>;
  readonly #urls = new Map<string, string>();
  /** The nodes that are no longer where they were at first. */
  readonly #moved = new Set<string>();
  readonly #running = new Map<string, RunningNode>();
  readonly #heldDown = new Set<string>();
  readonly #problems: string[] = [];

  private constructor(ports: Map<string, number>, options: NodeProcessesOptions) {
    const { dataRoot, entryFile, environment, onLine } = options;
    this.#ports = ports;
    this.#entryFile = entryFile;
    for (const [name, port] of ports) this.#urls.set(name, `http://127.0.0.1:${port}`);
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
    return [...this.#urls.values()];
  }

  /** Every node's URL by name, up to date when a node has moved. */
  get urlsByName(): ReadonlyMap<string, string> {
    return this.#urls;
  }

  url(name: string): string {
    return this.#urls.get(name) ?? '';
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

  /** Starts a node unless it is running or held down; does not wait until it is ready. */
  launch(name: string): void {
    if (this.#running.has(name) || this.#heldDown.has(name)) return;
    let lastLine = '';
    const service = startNode({
      name,
      entryFile: this.#entryFile?.(name),
      port: this.#ports.get(name) ?? 0,
      peers: this.#urls,
      dataDir: this.#folder(name),
      advertisedUrl: this.#moved.has(name) ? this.url(name) : undefined,
      environment: this.#environment,
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

  /** Kills a node and changes something, such as its disk. Meanwhile nothing can start it. */
  async whileDown(name: string, change: () => Promise<void>): Promise<void> {
    this.#heldDown.add(name);
    try {
      await this.kill(name);
      await change();
    } finally {
      this.#heldDown.delete(name);
    }
  }

  /** Stops a node with SIGSTOP. @returns false when it is not running or already paused */
  pause(name: string): boolean {
    return this.#setPaused(name, true, 'SIGSTOP');
  }

  /** Continues a paused node. @returns false when it is not paused */
  resume(name: string): boolean {
    return this.#setPaused(name, false, 'SIGCONT');
  }

  /** Gives a node another port. It must not be running. */
  async move(name: string): Promise<void> {
    const port = await freePort();
    this.#ports.set(name, port);
    this.#urls.set(name, `http://127.0.0.1:${port}`);
    this.#moved.add(name);
  }

  /** Starts another process under a node's name, at another port and with its own data. */
  async startTwin(name: string, dataDir: string): Promise<LocalService> {
    const port = await freePort();
    return startNode({
      name,
      port,
      peers: this.#urls,
      dataDir,
      advertisedUrl: `http://127.0.0.1:${port}`,
      environment: this.#environment,
      onLine: (line) => this.#onLine?.(`${name}'s twin`, line),
    });
  }

  /** Deletes the data of a node, which must not be running. */
  async wipe(name: string): Promise<void> {
    const folder = this.#folder(name);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  /** Copies the data of a node, which must not be running, to a folder. */
  async backUp(name: string, target: string): Promise<void> {
    const folder = this.#folder(name);
    if (folder === undefined) return;
    // A node that was killed soon after it lost its disk has not created it yet.
    await mkdir(folder, { recursive: true });
    await cp(folder, target, { recursive: true });
  }

  /** Replaces the data of a node, which must not be running, by a copy. */
  async restore(name: string, copy: string): Promise<void> {
    const folder = this.#folder(name);
    if (folder === undefined) return;
    await this.wipe(name);
    await cp(copy, folder, { recursive: true });
  }

  /** Stops nodes with SIGTERM, by default all. Resolves once they have exited. */
  async stop(...names: string[]): Promise<void> {
    const stopped = names.length > 0 ? names : this.names;
    await Promise.all(
      stopped.map((name) => {
        const running = this.#running.get(name);
        this.#running.delete(name);
        return running?.service.stop();
      }),
    );
  }

  #folder(name: string): string | undefined {
    return this.#dataRoot === undefined ? undefined : join(this.#dataRoot, name);
  }

  #setPaused(name: string, paused: boolean, signal: NodeJS.Signals): boolean {
    const running = this.#running.get(name);
    if (running === undefined || running.paused === paused) return false;
    running.service.signal(signal);
    running.paused = paused;
    return true;
  }
}
