import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JudgedProcess, removeDataDirectory } from '@gridclock/judge-kit';
import { freePort } from '@gridclock/local-service';
import {
  type Dot,
  dotKey,
  merge,
  missingDependency,
  type VectorClock,
  zeroClock,
} from '../../../causality/vector-clock.ts';
import { dotOf } from '../../../causality/write.ts';
import { type Dialect, formatPeers, idsOf } from '../dialect/dialect.ts';
import type { Message } from '../dialect/message-form.ts';
import { ContractClient } from '../system/contract-client.ts';
import { contractVariables } from '../system/contract-variables.ts';
import { EventLog } from '../system/event-log.ts';
import { type Fate, LinkProxy } from './link-proxy.ts';

export type ClusterOptions = {
  command: string;
  dialect: Dialect;
  count: number;
  /** The parent of the data directories; without it, nodes have none. */
  dataRoot?: string | undefined;
  /** How long a node may take to start, in milliseconds. */
  startMs?: number | undefined;
  /** Decides the fate of messages. */
  fateOf: (link: LinkProxy) => Fate;
};

/** Judged nodes as a cluster, with a proxy in each link. */
export class JudgedCluster {
  readonly ids: readonly string[];
  readonly log = new EventLog(Date.now);
  readonly #options: ClusterOptions;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #clients: ReadonlyMap<string, ContractClient>;
  readonly #processes = new Map<string, JudgedProcess>();
  #links: readonly LinkProxy[] = [];
  /** The writes that the log has, and the sends that have not been received. */
  readonly #written = new Set<string>();
  readonly #sends = new Map<string, Dot>();
  /** What each node has written, and says that it has delivered on arrival. */
  readonly #delivered = new Map<string, VectorClock>();
  /** The keys of the messages that nodes have taken. */
  readonly #received = new Set<string>();

  private constructor(options: ClusterOptions, ports: ReadonlyMap<string, number>) {
    this.#options = options;
    this.#ports = ports;
    this.ids = [...ports.keys()];
    this.#clients = new Map(
      [...ports].map(([id, port]) => [
        id,
        new ContractClient(`http://127.0.0.1:${port}`, options.dialect, this.ids),
      ]),
    );
  }

  /** Starts all nodes. @throws ProgramStartError */
  static async start(options: ClusterOptions): Promise<JudgedCluster> {
    const ports = new Map<string, number>();
    for (const id of idsOf(options.dialect.launch, options.count)) ports.set(id, await freePort());
    const cluster = new JudgedCluster(options, ports);
    await cluster.#openLinks();
    try {
      await cluster.#makeDirectories();
      for (const id of cluster.ids) cluster.#launch(id);
      await Promise.all(cluster.ids.map((id) => cluster.#serves(id)));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get links(): readonly LinkProxy[] {
    return this.#links;
  }

  link(from: string, to: string): LinkProxy | undefined {
    return this.#links.find((link) => link.from === from && link.to === to);
  }

  client(id: string): ContractClient {
    const client = this.#clients.get(id);
    if (client === undefined) throw new Error(`${id} is no node of the cluster`);
    return client;
  }

  /** Whether a node has taken a message with a key, delivered or not. */
  hasReceived(id: string, key: string): boolean {
    return this.#received.has(`${id} ${key}`);
  }

  /** Kills a node with SIGKILL and starts it again. @throws ProgramStartError */
  async restart(id: string): Promise<void> {
    await this.#processes.get(id)?.kill();
    this.log.start(id);
    this.#launch(id);
    await this.#serves(id);
  }

  /** Why a node has exited by itself; undefined if all run. */
  get crash(): string | undefined {
    for (const [id, node] of this.#processes)
      if (node.exit !== undefined) return `${id} exited (${node.exit}): ${node.output.slice(-400)}`;
    return undefined;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((node) => node.kill()));
    for (const link of this.#links) link.close();
    const { dataRoot } = this.#options;
    await removeDataDirectory(dataRoot);
  }

  async #makeDirectories(): Promise<void> {
    const { dataRoot } = this.#options;
    if (dataRoot === undefined) return;
    for (const id of this.ids) await mkdir(join(dataRoot, id), { recursive: true });
  }

  async #serves(id: string): Promise<void> {
    await this.#processes.get(id)?.serves(() => this.client(id).isServing());
  }

  #launch(id: string): void {
    const { command, dialect, dataRoot, startMs } = this.#options;
    const links = this.#links.filter(({ from }) => from === id);
    const node = JudgedProcess.start({
      command,
      url: this.client(id).url,
      startMs,
      withheld: contractVariables,
      environment: {
        NODE_ID: id,
        PORT: String(this.#ports.get(id)),
        PEERS: formatPeers(dialect.launch, new Map(links.map(({ to, url }) => [to, url]))),
        ...(dataRoot === undefined ? {} : { DATA_DIR: join(dataRoot, id) }),
      },
    });
    this.#processes.set(id, node);
  }

  async #openLinks(): Promise<void> {
    const pairs = this.ids.flatMap((from) =>
      this.ids.filter((to) => to !== from).map((to) => ({ from, to })),
    );
    this.#links = await Promise.all(
      pairs.map(({ from, to }) =>
        LinkProxy.listen({
          from,
          to,
          target: this.client(to).url,
          ids: this.ids,
          fateOf: this.#options.fateOf,
          onSend: (link, messages) => this.#logSend(link, messages),
          onReceive: (link, messages, status) => this.#logReceipt(link, messages, status),
        }),
      ),
    );
  }

  #logSend({ from, to }: LinkProxy, messages: readonly Message[]): void {
    for (const message of messages) {
      const dot = dotKey(dotOf(message));
      if (!this.#written.has(dot)) this.log.write(from, message);
      this.#countDelivered(from, message);
      this.#written.add(dot);
      this.#sends.set(`${from} ${to} ${dot}`, this.log.send(from, to, message));
    }
  }

  #logReceipt({ from, to }: LinkProxy, messages: readonly Message[], status: unknown): void {
    for (const message of messages) {
      this.log.receive(to, this.#sends.get(`${from} ${to} ${dotKey(dotOf(message))}`), message);
      this.#received.add(`${to} ${message.key}`);
      const missing = missingDependency(this.#delivered.get(to) ?? zeroClock, message.sender, message.vc);
      if (status === 'buffered' && missing !== undefined) this.log.buffer(to, message, missing);
      if (status !== 'applied') continue;
      this.log.deliver(to, message);
      this.#countDelivered(to, message);
    }
  }

  #countDelivered(id: string, { vc }: Message): void {
    this.#delivered.set(id, merge(this.#delivered.get(id) ?? zeroClock, vc));
  }
}
