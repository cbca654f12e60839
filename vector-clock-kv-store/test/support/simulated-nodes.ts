import { createLogger } from '@gridclock/service-kit/logger';
import { SeededRandom, VirtualClock } from '@gridclock/simulation-kit';
import type { Value } from '../../src/causality/write.ts';
import type { ClusterNode } from '../../src/cluster-node.ts';
import { SimulatedNetwork } from '../../src/verification/simulation/simulated-network.ts';
import {
  SimulatedNode,
  type SimulatedNodeOptions,
} from '../../src/verification/simulation/simulated-node.ts';

/** Logs are pruned as soon as every member has their writes. */
export const testLimits = {
  peerWaitMs: 1_000,
  bufferCapacity: { writes: 1_000, bytes: 10_000_000 },
  logRetention: { writes: 0, bytes: 1e9, limitBytes: 1e9 },
  retireAfterMs: 30_000,
};

/** Real nodes on simulated disks and a healthy simulated network, for tests that direct every step. */
export class SimulatedNodes {
  readonly time = new VirtualClock();
  readonly network: SimulatedNetwork<ClusterNode>;
  /** What ended a node. */
  readonly failures: string[] = [];
  readonly #create: (name: string, overrides?: Partial<SimulatedNodeOptions>) => SimulatedNode;
  readonly #nodes: ReadonlyMap<string, SimulatedNode>;

  /** @param ofNode further options of single nodes, by name */
  constructor(
    names: readonly string[],
    options: Partial<SimulatedNodeOptions> = {},
    ofNode: Readonly<Record<string, Partial<SimulatedNodeOptions>>> = {},
  ) {
    const random = new SeededRandom(1);
    this.#create = (name, overrides = {}) =>
      new SimulatedNode({
        name,
        names,
        scheduler: this.time,
        random: random.fork(),
        network: this.network,
        limits: testLimits,
        logger: createLogger('node', 'silent'),
        onCommitted() {},
        onFailure: (error) => this.failures.push(`${name}: ${String(error)}`),
        ...options,
        ...ofNode[name],
        ...overrides,
      });
    this.network = new SimulatedNetwork(this.time, random.fork(), {
      latencyMs: 2,
      lossRate: 0,
      duplicateRate: 0,
    });
    this.#nodes = new Map(names.map((name) => [name, this.#create(name)]));
  }

  /** A second process under a node's name, at another address. It is not started. */
  twin(name: string): SimulatedNode {
    return this.#create(name, { address: `${name}.twin` });
  }

  /** The process and disk of a node. */
  simulated(name: string): SimulatedNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no node is named ${name}`);
    return node;
  }

  /** The running node. */
  node(name: string): ClusterNode {
    const { node } = this.simulated(name);
    if (node === undefined) throw new Error(`${name} is down`);
    return node;
  }

  statuses(): string[] {
    return [...this.#nodes.values()].map(({ node }) => node?.status ?? 'down');
  }

  /** Starts nodes and waits until they serve. */
  async start(...names: readonly string[]): Promise<void> {
    for (const name of names) this.simulated(name).start();
    await this.until(() => names.every((name) => this.node(name).status === 'ok'));
  }

  /** Writes at a node and resolves once the write is stored there. */
  async put(name: string, key: string, value: Value): Promise<void> {
    await this.settle(this.node(name).store?.put(key, value));
  }

  /** A node's values of a key, the winner first. */
  async values(name: string, key: string): Promise<unknown[]> {
    const { store } = this.node(name);
    return ((await store?.get(key))?.versions ?? []).map(({ value }) => value);
  }

  /** Lets time pass until an action of a node is complete. */
  async settle<Result>(action: Promise<Result> | undefined): Promise<Result | undefined> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    action?.then(done, done);
    await this.until(() => settled || action === undefined);
    return action;
  }

  /** Lets time pass until a condition holds; fails after `limitMs`. */
  async until(condition: () => boolean, limitMs = 60_000): Promise<void> {
    const deadline = this.time.now() + limitMs;
    while (!condition()) {
      if (this.time.now() >= deadline) {
        throw new Error(`nothing changed in ${limitMs} ms; nodes: ${this.statuses().join(', ')}`);
      }
      await this.time.advanceAsync(50);
    }
  }

  cut(from: string, to: string): void {
    this.network.cut(from, to);
    this.network.cut(to, from);
  }

  reconnect(from: string, to: string): void {
    this.network.restore(from, to);
    this.network.restore(to, from);
  }
}
