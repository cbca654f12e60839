import pWaitFor, { TimeoutError } from 'p-wait-for';
import { descends } from '../../causality/vector-clock.ts';
import type { NodeAdmin } from './node-api.ts';

/** How long it waits until nothing is on a disk alone, in milliseconds. */
const COPIED_WITHIN_MS = 15_000;

export type DiskLossGuardOptions = {
  /** The URL of every node, by name. */
  nodes: ReadonlyMap<string, string>;
  admin: NodeAdmin;
  /** How many requests of clients a node has not yet answered. */
  underWayAt: (node: string) => number;
};

/**
 * Says when a disk may be lost. An acknowledged write is on one disk at least, so that a node's may be lost only
 * when all that it has is elsewhere too: clients leave the node alone until all others serve and have it.
 */
export class DiskLossGuard {
  readonly #options: DiskLossGuardOptions;
  #closed: string | undefined;

  constructor(options: DiskLossGuardOptions) {
    this.#options = options;
  }

  /** The node whose disk is about to be lost, or is lost. */
  get closed(): string | undefined {
    return this.#closed;
  }

  /** The nodes that clients may ask. */
  get open(): string[] {
    return [...this.#options.nodes.keys()].filter((name) => name !== this.#closed);
  }

  /** Resolves to whether the node's disk may be lost now; clients then leave it alone until it is opened. */
  async close(name: string): Promise<boolean> {
    if (this.#closed !== undefined) return false;
    this.#closed = name;
    try {
      await pWaitFor(() => this.#isCopied(name), { interval: 50, timeout: COPIED_WITHIN_MS });
      return true;
    } catch (error) {
      this.reopen();
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }

  reopen(): void {
    this.#closed = undefined;
  }

  async #isCopied(name: string): Promise<boolean> {
    const { admin, nodes, underWayAt } = this.#options;
    if (underWayAt(name) > 0) return false;
    const clock = await admin.servingClock(nodes.get(name) ?? '');
    if (clock === undefined) return false;
    const others = [...nodes].filter(([other]) => other !== name);
    const clocks = await Promise.all(others.map(([, url]) => admin.servingClock(url)));
    return clocks.every((other) => other !== undefined && descends(other, clock));
  }
}
