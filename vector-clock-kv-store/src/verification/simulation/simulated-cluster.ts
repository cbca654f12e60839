import { createLogger } from '@gridclock/service-kit/logger';
import {
  type FaultInjector,
  type InjectedFault,
  isLinkFault,
  type SeededRandom,
} from '@gridclock/simulation-kit';
import { compare } from '../../causality/vector-clock.ts';
import type { ClusterNode } from '../../cluster-node.ts';
import type { FinalState } from '../history/check-run.ts';
import { DotLedger } from './dot-ledger.ts';
import { reportedIds } from './reported-ids.ts';
import { SimulatedDiskLosses } from './simulated-disk-losses.ts';
import { movedAddress, type NetworkConditions, SimulatedNetwork } from './simulated-network.ts';
import { SimulatedNode, type SimulatedNodeOptions } from './simulated-node.ts';
import { SimulatedRollbacks } from './simulated-rollbacks.ts';
import { SimulatedSplits } from './simulated-splits.ts';

export type SimulatedClusterOptions = Pick<
  SimulatedNodeOptions,
  'scheduler' | 'limits' | 'wrapStorage' | 'wrapTransport'
> & {
  names: readonly string[];
  random: SeededRandom;
  /** A generator that only restores and rollbacks use. */
  restoreRandom: SeededRandom;
  conditions: NetworkConditions;
};

/** The network conditions after all faults have ended. */
const HEALTHY: NetworkConditions = { latencyMs: 2, lossRate: 0, duplicateRate: 0 };

/** A crash happens up to this many microtasks after the event before it. */
const MAX_MICROTASKS = 12;

const logger = createLogger('simulation', 'silent', 'json');

/** A cluster of simulated nodes on a simulated network, into which faults can be injected. */
export class SimulatedCluster implements FaultInjector {
  readonly network: SimulatedNetwork<ClusterNode>;
  readonly #random: SeededRandom;
  readonly #nodes: ReadonlyMap<string, SimulatedNode>;
  readonly #splits: SimulatedSplits;
  readonly #createNode: (name: string, address?: string) => SimulatedNode;
  readonly #losses: SimulatedDiskLosses;
  readonly #rollbacks: SimulatedRollbacks;
  readonly #twins = new Map<InjectedFault, SimulatedNode>();
  readonly #ledger = new DotLedger();
  readonly #failures: string[] = [];
  #moves = 0;
  /** Once healed, faults no longer take effect. */
  #healed = false;

  constructor({ names, scheduler, random, restoreRandom, conditions, ...rest }: SimulatedClusterOptions) {
    this.#random = random;
    this.network = new SimulatedNetwork(scheduler, random.fork(), conditions);
    this.#createNode = (name, address = name) =>
      new SimulatedNode({
        ...rest,
        name,
        address,
        names,
        scheduler,
        random: random.fork(),
        network: this.network,
        logger,
        onCommitted: (writes) => this.#ledger.record(writes),
        onFailure: (error) => this.#failures.push(`${name} failed: ${String(error)}`),
      });
    this.#nodes = new Map(names.map((name) => [name, this.#createNode(name)]));
    const nodes = [...this.#nodes.values()];
    this.#splits = new SimulatedSplits(nodes, this.network, scheduler, random.fork());
    this.#losses = new SimulatedDiskLosses(nodes, scheduler, restoreRandom);
    this.#rollbacks = new SimulatedRollbacks(nodes, this.#losses, this.network, scheduler, restoreRandom);
    for (const started of this.#nodes.values()) started.start();
  }

  /** Failures that no fault explains: nodes that failed, and dots used for two writes. */
  get problems(): readonly string[] {
    return [...this.#failures, ...this.#ledger.conflicts];
  }

  /** The nodes that clients may use. */
  get availableNodes(): string[] {
    return [...this.#nodes.keys()].filter((name) => !this.#losses.affects(name));
  }

  /** The node's process, if it runs and clients may use it. */
  nodeOf(name: string): ClusterNode | undefined {
    return this.#losses.affects(name) ? undefined : this.#nodes.get(name)?.node;
  }

  /** Where clients reach a node. */
  addressOf(name: string): string {
    return this.#nodes.get(name)?.address ?? name;
  }

  async begin(fault: InjectedFault): Promise<boolean> {
    const nodes = this.#targetsOf(fault);
    const [first, second] = nodes;
    if (this.#healed || first === undefined) return false;
    if (isLinkFault(fault.kind)) {
      const link = first.link(second?.name ?? '');
      const { kind: action, delayMs = 0 } = fault;
      link?.inject(action === 'delay' ? { action, delayMs } : { action });
      return link !== undefined;
    }
    switch (fault.kind) {
      case 'cut':
        this.network.cut(first.name, second?.name ?? '');
        return true;
      case 'pause':
        first.process.pause();
        return first.node !== undefined;
      case 'kill':
        return this.#kill(nodes.filter(({ node }) => node !== undefined));
      case 'wipe':
        return this.#losses.wipe(first);
      case 'fill':
        first.setDiskFull(true);
        return true;
      case 'split':
        return this.#splits.begin(first);
      case 'restore':
        this.#losses.backUp(fault, first);
        return true;
      case 'rollback':
        return this.#rollbacks.begin(fault, nodes);
      case 'twin':
        return this.#startTwin(fault, first);
      case 'readdress':
        return this.#move(first);
      case 'crash':
      case 'disconnect':
      case 'gray':
      case 'flood':
        throw new Error(`${fault.kind} exists only for containers or processes; use kill or cut`);
    }
  }

  async end(fault: InjectedFault): Promise<void> {
    const nodes = this.#targetsOf(fault);
    const [first, second] = nodes;
    if (first === undefined) return;
    if (isLinkFault(fault.kind)) this.#release(first, second);
    else if (fault.kind === 'cut') this.network.restore(first.name, second?.name ?? '');
    else if (fault.kind === 'pause') first.process.resume();
    else if (fault.kind === 'fill') first.setDiskFull(false);
    else if (fault.kind === 'split') await this.#splits.end(first);
    else if (fault.kind === 'twin') this.#twins.get(fault)?.crash();
    else if (fault.kind === 'rollback') await this.#rollbacks.end(fault, nodes);
    else if (fault.kind === 'restore') await this.#losses.restore(fault, first);
    else for (const node of nodes) node.start();
  }

  /** Ends all faults, restarts all nodes, and prevents further faults. */
  heal(): void {
    this.#healed = true;
    this.#losses.stop();
    for (const twin of this.#twins.values()) twin.crash();
    this.network.setConditions(HEALTHY);
    for (const node of this.#nodes.values()) {
      node.process.resume();
      node.setDiskFull(false);
      node.start();
      for (const other of this.#nodes.values()) {
        this.network.restore(node.name, other.name);
        this.#release(node, other);
      }
    }
  }

  /** Whether all nodes serve with equal clocks and empty buffers. Admits removed nodes again. */
  hasConverged(): boolean {
    for (const node of this.#nodes.values()) node.start();
    if (this.#splits.admitAgain() || this.#rollbacks.admitUnlisted()) return false;
    const [first, ...others] = [...this.#nodes.values()].map(({ node }) => node);
    const settled = [first, ...others].every(
      (node) => node?.status === 'ok' && node.store?.bufferDepth === 0,
    );
    return settled && others.every((node) => compare(first?.clock ?? {}, node?.clock ?? {}) === 'equal');
  }

  /** Whether no clock has an entry of an id that no node uses, and the nodes have agreed since. */
  hasRetiredDeadIds(): boolean {
    const nodes = [...this.#nodes.values()].flatMap(({ node }) => node ?? []);
    const used = new Set(nodes.map(({ id }) => id));
    return this.hasConverged() && nodes.every((node) => reportedIds(node).every((id) => used.has(id)));
  }

  /** The clock of every node and its versions of the given keys. */
  async finalStates(keys: readonly string[]): Promise<FinalState[]> {
    return Promise.all(
      [...this.#nodes.values()].map(async ({ name, node }) => ({
        node: name,
        clock: node?.clock ?? {},
        retired: node?.retired.all,
        versions: new Map(
          await Promise.all(
            keys.map(
              async (key) =>
                [key, (await node?.store?.get(key).catch(() => undefined))?.versions ?? []] as const,
            ),
          ),
        ),
      })),
    );
  }

  #targetsOf({ nodes }: InjectedFault): SimulatedNode[] {
    return nodes.flatMap((name) => this.#nodes.get(name) ?? []);
  }

  async #kill(running: readonly SimulatedNode[]): Promise<boolean> {
    // Crash in the middle of the work that the last event started, after some of its continuations.
    for (let left = this.#random.integer(0, MAX_MICROTASKS); left > 0; left--) await undefined;
    for (const node of running) node.crash();
    return running.length > 0;
  }

  /** Starts a second process under a node's name, with an empty disk. Clients do not use it. */
  #startTwin(fault: InjectedFault, node: SimulatedNode): boolean {
    const running = [...this.#twins.values()].some(
      (twin) => twin.name === node.name && twin.node !== undefined,
    );
    if (running) return false;
    const twin = this.#createNode(node.name, `${node.name}.twin`);
    this.#twins.set(fault, twin);
    twin.start();
    return true;
  }

  /**
   * Kills a node that starts again at another address, sometimes at the configured one. Another node always remains at
   * its configured address: with all of them elsewhere, nobody could find anybody.
   */
  #move(node: SimulatedNode): boolean {
    const back = this.#random.chance(0.3);
    const isFound = [...this.#nodes.values()].some((other) => other !== node && other.address === other.name);
    if (node.node === undefined || !(back || isFound)) return false;
    node.move(back ? node.name : movedAddress(node.name, ++this.#moves));
    return true;
  }

  #release(from: SimulatedNode, to: SimulatedNode | undefined): void {
    if (to === undefined) return;
    from.link(to.name)?.release();
    from.node?.replicator?.repair(to.name);
  }
}
