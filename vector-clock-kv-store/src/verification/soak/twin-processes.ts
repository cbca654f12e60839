import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalService } from '@gridclock/local-service';
import type { NodeProcesses } from './node-processes.ts';

type Twin = { process: LocalService; folder: string };

/** Second processes under the names of nodes, each with a copy of its node's data. */
export class TwinProcesses {
  readonly #nodes: NodeProcesses;
  readonly #dataRoot: string;
  readonly #running = new Map<string, Twin>();

  /** @param dataRoot the parent of the twins' folders */
  constructor(nodes: NodeProcesses, dataRoot: string) {
    this.#nodes = nodes;
    this.#dataRoot = dataRoot;
  }

  /**
   * Restarts a node and starts its twin at the same time. While the data is copied, no process uses it.
   *
   * @returns whether the node was running without a twin
   */
  async start(name: string): Promise<boolean> {
    if (this.#running.has(name) || !this.#nodes.isAwake(name)) return false;
    const folder = await mkdtemp(join(this.#dataRoot, `${name}-twin-`));
    await this.#nodes.whileDown(name, () => this.#nodes.backUp(name, folder));
    this.#nodes.launch(name);
    this.#running.set(name, { process: await this.#nodes.startTwin(name, folder), folder });
    return true;
  }

  /** Kills the twin of a node, if there is one, and deletes its data. */
  async stop(name: string): Promise<void> {
    const twin = this.#running.get(name);
    if (twin === undefined) return;
    this.#running.delete(name);
    twin.process.signal('SIGKILL');
    await twin.process.exited;
    await rm(twin.folder, { recursive: true, force: true });
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.stop(name)));
  }
}
