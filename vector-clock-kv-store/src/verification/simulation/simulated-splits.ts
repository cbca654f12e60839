import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { ClusterNode } from '../../cluster-node.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedNode } from './simulated-node.ts';

/** How long the sides of a split may remain removed after the network works again: long enough to prune logs. */
const LONGEST_REMOVAL_MS = 3_000;

/** Separates a node from the others while operators on each side remove the other side, and admit it again later. */
export class SimulatedSplits {
  readonly #nodes: readonly SimulatedNode[];
  readonly #network: SimulatedNetwork<ClusterNode>;
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;

  constructor(
    nodes: readonly SimulatedNode[],
    network: SimulatedNetwork<ClusterNode>,
    scheduler: Scheduler,
    random: SeededRandom,
  ) {
    this.#nodes = nodes;
    this.#network = network;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** @returns whether each side has a node that serves, where an operator can remove the other side */
  begin(separated: SimulatedNode): boolean {
    const others = this.#nodes.filter((node) => node !== separated);
    const there = others.find(({ node }) => node?.status === 'ok');
    if (separated.node?.status !== 'ok' || there === undefined) return false;
    for (const other of others) {
      this.#network.cut(separated.name, other.name);
      this.#network.cut(other.name, separated.name);
      expel(separated.node, other);
    }
    expel(there.node, separated);
    return true;
  }

  async end(separated: SimulatedNode): Promise<void> {
    for (const other of this.#nodes) {
      this.#network.restore(separated.name, other.name);
      this.#network.restore(other.name, separated.name);
    }
    await sleep(this.#scheduler, this.#random.between(0, LONGEST_REMOVAL_MS));
    this.admitAgain();
  }

  /**
   * Admits, at every node that serves or was removed itself, the nodes that it knows as removed.
   *
   * @returns whether there are any; an admission may fail, such as on a full disk, and has to be repeated
   */
  admitAgain(): boolean {
    const knowing = this.#nodes.filter(({ node }) => (node?.directory.removed.length ?? 0) > 0);
    for (const { name, node } of knowing) {
      if (node?.status !== 'ok' && node?.status !== 'removed') continue;
      const { removed } = node.directory;
      const others = this.#nodes.filter((other) => other.name !== name && removed.includes(other.name));
      for (const other of others) void node.membership.admit(memberOf(other)).catch(() => {});
    }
    return knowing.length > 0;
  }
}

function expel(node: ClusterNode | undefined, other: SimulatedNode): void {
  // Refused on a full disk: then only one side removes the other.
  void node?.membership.expel(memberOf(other)).catch(() => {});
}

/** Returns a node as an operator names it. */
export const memberOf = ({ name, address }: SimulatedNode) => ({ id: name, url: `http://${address}` });
