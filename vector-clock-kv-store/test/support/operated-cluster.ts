import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { execa } from 'execa';
import { z } from 'zod';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { procedure } from './procedures.ts';

const stateSchema = z.object({ store: z.record(z.string(), z.unknown()) });
const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Nodes as processes that are operated by the procedures in docs/operations.md. */
export class OperatedCluster {
  readonly dataRoot: string;
  readonly #ports = new Map<string, number>();
  /** Where a node moves to. */
  readonly #newPort: number;
  readonly #running = new Map<string, LocalService>();
  /** The release that nodes are started from: this one, unless it is set. */
  entryFile = nodeEntry;
  /** What the nodes printed. */
  readonly lines: string[] = [];

  private constructor(dataRoot: string, newPort: number) {
    this.dataRoot = dataRoot;
    this.#newPort = newPort;
  }

  /** Plans node1 to node3, which list each other, and node4, which lists nobody. */
  static async plan(dataRoot: string): Promise<OperatedCluster> {
    const cluster = new OperatedCluster(dataRoot, await freePort());
    for (const name of ['node1', 'node2', 'node3', 'node4']) cluster.#ports.set(name, await freePort());
    return cluster;
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  /** Starts nodes and resolves once they serve. */
  async start(names: readonly string[], variables: Record<string, string> = {}): Promise<void> {
    for (const name of names) this.launch(name, variables);
    await Promise.all(names.map((name) => this.#running.get(name)?.ready()));
  }

  /** Starts a node; does not wait until it serves. */
  launch(name: string, variables: Record<string, string> = {}): LocalService {
    const members = ['node1', 'node2', 'node3'];
    const peers = members.filter((peer) => peer !== name).map((peer) => `${peer}=${this.url(peer)}`);
    const given = Object.fromEntries(
      Object.entries(variables).map(([variable, value]) => [variable, this.#expand(value)]),
    );
    if (given.ADVERTISE_URL !== undefined) this.#ports.set(name, Number(new URL(given.ADVERTISE_URL).port));
    const service = startLocalService({
      name,
      entryFile: this.entryFile,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        DATA_DIR: join(this.dataRoot, name),
        ...(members.includes(name) ? { PEERS: peers.join(',') } : {}),
        ...given,
      },
      onLine: (line) => this.lines.push(line),
    });
    this.#running.set(name, service);
    return service;
  }

  async stop(names: readonly string[] = [...this.#running.keys()]): Promise<void> {
    await Promise.all(names.map((name) => this.#running.get(name)?.stop()));
    for (const name of names) this.#running.delete(name);
  }

  /** Kills a node with SIGKILL. */
  async kill(name: string): Promise<void> {
    const service = this.#running.get(name);
    this.#running.delete(name);
    service?.signal('SIGKILL');
    await service?.exited;
  }

  /**
   * Follows a procedure step by step; throws if a command fails. Returns what its commands printed.
   *
   * @param beforeCommands what clients do before its first command
   */
  async follow(title: string, beforeCommands?: () => Promise<void>): Promise<string> {
    let printed = '';
    let prepare = beforeCommands;
    for (const step of procedure(title)) {
      if (step.do === 'start') await this.start(step.nodes, step.variables);
      else if (step.do === 'stop') await this.stop(step.nodes);
      else {
        await prepare?.();
        prepare = undefined;
        const { stdout } = await execa('bash', ['-euo', 'pipefail', '-c', step.script], {
          cwd: repository,
          env: this.#variables(),
        });
        printed += `${stdout}\n`;
      }
    }
    return printed;
  }

  async store(name: string): Promise<Record<string, unknown>> {
    return stateSchema.parse(await (await fetch(`${this.url(name)}/state`)).json()).store;
  }

  /** The variables that the procedures use. */
  #variables(): Record<string, string> {
    return {
      DATA_ROOT: this.dataRoot,
      BACKUP: join(this.dataRoot, 'backup'),
      TOKEN_FILE: join(this.dataRoot, 'cluster_token'),
      NEW_URL: `http://127.0.0.1:${this.#newPort}`,
      ...Object.fromEntries([...this.#ports.keys()].map((name) => [name.toUpperCase(), this.url(name)])),
    };
  }

  #expand(text: string): string {
    return Object.entries(this.#variables()).reduce(
      (expanded, [variable, value]) => expanded.replaceAll(`$${variable}`, value),
      text,
    );
  }
}
