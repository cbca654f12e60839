import { createLogger } from '@gridclock/service-kit';
import { sleep } from '@gridclock/service-kit/scheduler';
import type { FaultInjector, SeededRandom, VirtualClock } from '@gridclock/simulation-kit';
import { type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import { compare } from '../../causality/vector-clock.ts';
import type { ClusterNode } from '../../cluster-node.ts';
import type { FinalState } from '../history/check-run.ts';
import { DotLedger } from './dot-ledger.ts';
import { type NetworkConditions, SimulatedNetwork } from './simulated-network.ts';
import { SimulatedNode, type SimulatedNodeOptions } from './simulated-node.ts';

export type SimulatedClusterOptions = Pick<
  SimulatedNodeOptions,
  'limits' | 'alterStorage' | 'alterTransport'
> & {
  names: readonly string[];
  time: VirtualClock;
  random: SeededRandom;
  conditions: NetworkConditions;
};

/** What a network is like when nothing strikes it. */
const CALM: NetworkConditions = { latencyMs: 2, lossShare: 0, doubleShare: 0 };

/** How long a wipe waits until the node's data is on another disk too, and how often it looks, in milliseconds. */
const WIPE = { waitMs: 2_000, everyMs: 10 };

/** A crash comes this many turns of pending promises at most after the event before it. */
const MOST_TURNS = 12;

const logger = createLogger('simulation', 'silent', 'json');

/** A cluster of the real node code on a simulated network and simulated disks, to be struck as strikes say. */
export class SimulatedCluster implements FaultInjector {
  readonly network: SimulatedNetwork<ClusterNode>;
  readonly #time: VirtualClock;
  readonly #random: SeededRandom;
  readonly #nodes: ReadonlyMap<string, SimulatedNode>;
  readonly #ledger = new DotLedger();
  readonly #failures: string[] = [];
  /** Nodes that clients leave alone, because they are about to be wiped. */
  readonly #avoided = new Set<string>();
  /** Once healed, what was planned before changes nothing any more. */
  #healed = false;

  constructor({ names, time, random, conditions, ...rest }: SimulatedClusterOptions) {
    this.#time = time;
    this.#random = random;
    this.network = new SimulatedNetwork(time, random.fork(), conditions);
    const node = (name: string) =>
      new SimulatedNode({
        ...rest,
        name,
        names,
        time,
        random: random.fork(),
        network: this.network,
        logger,
        onCommitted: (writes) => this.#ledger.note(writes),
        onFailure: (error) => this.#failures.push(`${name} failed: ${String(error)}`),
      });
    this.#nodes = new Map(names.map((name) => [name, node(name)]));
    for (const started of this.#nodes.values()) started.start();
  }

  /** What went wrong that no strike explains: failed nodes, and writes that share one name. */
  get problems(): readonly string[] {
    return [...this.#failures, ...this.#ledger.conflicts];
  }

  /** The nodes that clients may ask. */
  get open(): string[] {
    return [...this.#nodes.keys()].filter((name) => !this.#avoided.has(name));
  }

  async begin(strike: InjectedFault): Promise<boolean> {
    const nodes = this.#struck(strike);
    const [first, second] = nodes;
    if (this.#healed || first === undefined) return false;
    if (isLinkFault(strike.kind)) {
      const link = first.link(second?.name ?? '');
      const { kind: action, delayMs = 0 } = strike;
      link?.inject(action === 'delay' ? { action, delayMs } : { action });
      return link !== undefined;
    }
    switch (strike.kind) {
      case 'cut':
        this.network.cut(first.name, second?.name ?? '');
        return true;
      case 'pause':
        first.life.pause();
        return first.node !== undefined;
      case 'kill':
        return this.#kill(nodes.filter(({ node }) => node !== undefined));
      case 'wipe':
        return this.#wipe(first);
      case 'crash':
      case 'disconnect':
        throw new Error(`${strike.kind} is for containers; here there are kill and cut`);
    }
  }

  async end(strike: InjectedFault): Promise<void> {
    const nodes = this.#struck(strike);
    const [first, second] = nodes;
    if (first === undefined) return;
    if (isLinkFault(strike.kind)) this.#release(first, second);
    else if (strike.kind === 'cut') this.network.mend(first.name, second?.name ?? '');
    else if (strike.kind === 'pause') first.life.goOn();
    else for (const node of nodes) node.start();
  }

  /** Takes back all that is wrong, once for all. */
  heal(): void {
    this.#healed = true;
    this.network.become(CALM);
    for (const node of this.#nodes.values()) {
      node.life.goOn();
      node.start();
      for (const other of this.#nodes.values()) {
        this.network.mend(node.name, other.name);
        this.#release(node, other);
      }
    }
  }

  /** Whether all nodes serve, with one clock and nothing left to deliver. */
  hasConverged(): boolean {
    const [first, ...others] = [...this.#nodes.values()].map(({ node }) => node);
    const settled = [first, ...others].every(
      (node) => node?.status === 'ok' && node.store?.bufferDepth === 0,
    );
    return settled && others.every((node) => compare(first?.clock ?? {}, node?.clock ?? {}) === 'equal');
  }

  /** What the nodes show of these keys. */
  async finals(keys: readonly string[]): Promise<FinalState[]> {
    return Promise.all(
      [...this.#nodes.values()].map(async ({ name, node }) => ({
        node: name,
        clock: node?.clock ?? {},
        versions: new Map(
          await Promise.all(
            keys.map(async (key) => [key, (await node?.store?.get(key))?.versions ?? []] as const),
          ),
        ),
      })),
    );
  }

  #struck({ nodes }: InjectedFault): SimulatedNode[] {
    return nodes.flatMap((name) => this.#nodes.get(name) ?? []);
  }

  async #kill(running: readonly SimulatedNode[]): Promise<boolean> {
    // In the middle of what the last event has set off, after some of its continuations.
    for (let turns = this.#random.whole(0, MOST_TURNS); turns > 0; turns--) await undefined;
    for (const node of running) node.crash();
    return running.length > 0;
  }

  /**
   * The store promises to outlive the loss of one disk at a time: all others must serve, and have on disk
   * what this one has. Clients leave the node alone meanwhile.
   */
  async #wipe(node: SimulatedNode): Promise<boolean> {
    if (this.#avoided.size > 0) return false;
    this.#avoided.add(node.name);
    try {
      const others = [...this.#nodes.values()].filter((other) => other !== node);
      for (let waitedMs = 0; waitedMs < WIPE.waitMs; waitedMs += WIPE.everyMs) {
        await sleep(this.#time, WIPE.everyMs);
        if (this.#healed) return false;
        if (!others.every((other) => other.node?.status === 'ok' && node.isCopiedTo(other))) continue;
        node.wipe();
        return true;
      }
      return false;
    } finally {
      this.#avoided.delete(node.name);
    }
  }

  #release(from: SimulatedNode, to: SimulatedNode | undefined): void {
    if (to === undefined) return;
    from.link(to.name)?.release();
    from.node?.replicator?.repair(to.name);
  }
}
