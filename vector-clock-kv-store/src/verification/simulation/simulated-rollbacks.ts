import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { InjectedFault, SeededRandom } from '@gridclock/simulation-kit';
import type { DiskCopy } from './simulated-disk.ts';
import type { SimulatedDiskLosses } from './simulated-disk-losses.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { memberOf } from './simulated-splits.ts';

/** How long the restored nodes may be on their own: long enough to write more than the others have heard of them. */
const LONGEST_ISLAND_MS = 3_000;

/** Restores several nodes together, from copies that are older than their cluster with the others. */
export class SimulatedRollbacks {
  readonly #nodes: readonly SimulatedNode[];
  readonly #losses: SimulatedDiskLosses;
  readonly #network: Pick<SimulatedNetwork<unknown>, 'cut' | 'restore'>;
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #backups = new Map<InjectedFault, ReadonlyMap<SimulatedNode, DiskCopy>>();

  constructor(
    nodes: readonly SimulatedNode[],
    losses: SimulatedDiskLosses,
    network: Pick<SimulatedNetwork<unknown>, 'cut' | 'restore'>,
    scheduler: Scheduler,
    random: SeededRandom,
  ) {
    this.#nodes = nodes;
    this.#losses = losses;
    this.#network = network;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /**
   * Copies the disks of the nodes. Returns false if one has never decided on an id: nodes that are all restored to nothing
   * found another cluster.
   */
  begin(fault: InjectedFault, island: readonly SimulatedNode[]): boolean {
    const backups = new Map(island.map((node) => [node, node.backUp()]));
    if (
      [...backups.values()].some(
        ({ contents: { identity } }) => identity?.lineage === undefined || identity.lineage.length === 0,
      )
    )
      return false;
    this.#backups.set(fault, backups);
    return true;
  }

  /** Restores the nodes, and lets them serve on their own for a while. They know nobody else. */
  async end(fault: InjectedFault, island: readonly SimulatedNode[]): Promise<void> {
    const backups = this.#backups.get(fault);
    if (backups === undefined) return;
    const rest = this.#nodes.filter((node) => !island.includes(node));
    const names = island.map(({ name }) => name);
    const taken = await this.#losses.lose(island, async () => {
      for (const [node, backup] of backups) node.restore(backup);
      this.#forEachLink(island, rest, (from, to) => this.#network.cut(from, to));
      for (const other of rest) {
        // Some are down meanwhile, and start with the others at their addresses.
        if (this.#random.chance(0.5)) other.crash();
      }
      // Not always all at once: the first one then decides without the others. No disk is lost meanwhile.
      for (const node of island) {
        if (this.#random.chance(0.3)) await sleep(this.#scheduler, this.#random.between(0, 1_000));
        node.start({ names });
      }
    });
    if (!taken) return;
    await sleep(this.#scheduler, this.#random.between(0, LONGEST_ISLAND_MS));
    for (const other of rest) other.start({ advertises: true });
    this.#forEachLink(island, rest, (from, to) => this.#network.restore(from, to));
    await sleep(this.#scheduler, this.#random.between(0, LONGEST_ISLAND_MS));
    this.admitUnlisted();
  }

  /**
   * Admits, at every node that serves, the nodes that it does not know, as an operator does whose node is not found. Returns
   * whether there are any.
   */
  admitUnlisted(): boolean {
    let found = false;
    for (const { name, node } of this.#nodes) {
      if (node?.status !== 'ok') continue;
      const known = new Set([name, ...node.directory.peers.map(({ id }) => id), ...node.directory.removed]);
      for (const other of this.#nodes) {
        if (known.has(other.name)) continue;
        found = true;
        void node.membership.admit(memberOf(other)).catch(() => {});
      }
    }
    return found;
  }

  #forEachLink(
    island: readonly SimulatedNode[],
    rest: readonly SimulatedNode[],
    change: (from: string, to: string) => void,
  ): void {
    for (const node of island) {
      for (const other of rest) {
        change(node.name, other.name);
        change(other.name, node.name);
      }
    }
  }
}
