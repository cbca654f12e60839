import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { InjectedFault, SeededRandom } from '@gridclock/simulation-kit';
import type { DiskCopy } from './simulated-disk.ts';
import type { SimulatedNode } from './simulated-node.ts';

/** How long a wipe waits for the other disks to have the node's writes, and how often it checks. */
const WIPE = { waitMs: 2_000, checkEveryMs: 10 };

/** How many of the restored disks are snapshots of block devices, which no node can tell from its own disk. */
const BLOCK_SNAPSHOT_RATE = 0.4;

/** Loses disks and replaces them by earlier copies: one loss at a time, and only of what other disks have too. */
export class SimulatedDiskLosses {
  readonly #nodes: readonly SimulatedNode[];
  readonly #scheduler: Scheduler;
  readonly #backups = new Map<InjectedFault, DiskCopy>();
  /** Nodes about to be wiped. Clients avoid them. */
  readonly #beingWiped = new Set<string>();
  readonly #random: SeededRandom;
  #over = false;

  constructor(nodes: readonly SimulatedNode[], scheduler: Scheduler, random: SeededRandom) {
    this.#random = random;
    this.#nodes = nodes;
    this.#scheduler = scheduler;
  }

  /** Whether a node is about to lose its disk. */
  affects(name: string): boolean {
    return this.#beingWiped.has(name);
  }

  /** Prevents further losses. */
  stop(): void {
    this.#over = true;
  }

  wipe(node: SimulatedNode): Promise<boolean> {
    return this.lose([node], () => node.wipe());
  }

  /** Copies the node's disk, for `restore`. */
  backUp(fault: InjectedFault, node: SimulatedNode): void {
    this.#backups.set(fault, node.backUp());
  }

  /** Replaces the node's disk by its copy, and starts it. */
  async restore(fault: InjectedFault, node: SimulatedNode): Promise<void> {
    const backup = this.#backups.get(fault);
    if (backup === undefined) return;
    const looksInPlace = this.#random.chance(BLOCK_SNAPSHOT_RATE);
    await this.lose([node], () => node.restore(backup, looksInPlace));
    node.start();
  }

  /**
   * Takes the disks of some nodes once another node serves and has their writes on disk: the store guarantees to survive
   * the loss of one disk at a time. They may be filling further ones. Clients avoid them meanwhile.
   */
  async lose(nodes: readonly SimulatedNode[], lose: () => void | Promise<void>): Promise<boolean> {
    if (this.#beingWiped.size > 0) return false;
    for (const { name } of nodes) this.#beingWiped.add(name);
    try {
      const others = this.#nodes.filter((other) => !nodes.includes(other));
      for (let waitedMs = 0; waitedMs < WIPE.waitMs; waitedMs += WIPE.checkEveryMs) {
        await sleep(this.#scheduler, WIPE.checkEveryMs);
        if (this.#over) return false;
        const hasAll = (other: SimulatedNode) => nodes.every((node) => node.isCopiedTo(other));
        if (!others.some((other) => other.node?.status === 'ok' && hasAll(other))) continue;
        await lose();
        return true;
      }
      return false;
    } finally {
      for (const { name } of nodes) this.#beingWiped.delete(name);
    }
  }
}
