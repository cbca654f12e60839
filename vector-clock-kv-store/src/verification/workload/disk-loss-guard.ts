import pWaitFor, { TimeoutError } from 'p-wait-for';
import { descends } from '../../causality/vector-clock.ts';
import type { NodeApi } from './node-api.ts';

/** In milliseconds. Replication takes milliseconds; 15 s leaves time for faulty links to heal. */
const REPLICATE_WITHIN_MS = 15_000;

export type DiskLossGuardOptions = {
  /** The URL of every node, by name. */
  nodes: ReadonlyMap<string, string>;
  api: NodeApi;
  /** How many client requests a node has not responded to yet. */
  pendingAt: (node: string) => number;
};

/**
 * Permits the loss of a disk only when no acknowledged write exists on that disk alone.
 * It closes the node to clients and waits until another node serves and has all of its writes.
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

  /** The nodes that clients may use. */
  get open(): string[] {
    return [...this.#options.nodes.keys()].filter((name) => name !== this.#closed);
  }

  /** Resolves to whether the node's disk may be lost now. If so, clients avoid the node until `reopen`. */
  async close(name: string): Promise<boolean> {
    if (this.#closed !== undefined) return false;
    this.#closed = name;
    try {
      await pWaitFor(() => this.#isReplicated(name), { interval: 50, timeout: REPLICATE_WITHIN_MS });
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

  async #isReplicated(name: string): Promise<boolean> {
    const { api, nodes, pendingAt } = this.#options;
    if (pendingAt(name) > 0) return false;
    const clock = await api.servingClock(nodes.get(name) ?? '');
    if (clock === undefined) return false;
    const others = [...nodes].filter(([other]) => other !== name);
    const clocks = await Promise.all(others.map(([, url]) => api.servingClock(url)));
    // One suffices, because no other disk is lost meanwhile. The others may be filling theirs from it.
    return clocks.some((other) => other !== undefined && descends(other, clock));
  }
}
