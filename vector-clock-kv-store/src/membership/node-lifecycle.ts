import type { Peer } from '../causality/peer.ts';

/**
 * `starting`: it has no id in clocks yet. `catching-up`: it receives writes, but does not serve clients.
 * `ok`: it serves clients. `removed`: the other nodes have removed it from the cluster.
 * `conflict`: another process uses its name or its numbering; it serves nobody until that is resolved.
 */
export const nodeStatuses = ['starting', 'catching-up', 'ok', 'removed', 'conflict'] as const;

export type NodeStatus = (typeof nodeStatuses)[number];

/** Tracks a node's status, from its own progress and from its peers' reports about its membership. */
export class NodeLifecycle {
  /** The peers that report that this node was removed. */
  readonly #removedBy = new Set<string>();
  readonly #onChange: () => void;
  #status: NodeStatus = 'starting';

  /** @param onChange called after each change of the status */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get status(): NodeStatus {
    return this.#status;
  }

  starting(): void {
    this.#become('starting');
  }

  conflict(): void {
    this.#become('conflict');
  }

  catchingUp(): void {
    this.#become('catching-up');
  }

  serving(): void {
    this.#become('ok');
  }

  /**
   * Records whether a peer has removed this node. A removed node stops serving, because peers stop sending it writes.
   *
   * @param members the other nodes that are in the cluster
   * @returns true if the node stopped serving because of this report
   */
  reportRemoval(peer: string, removed: boolean, members: readonly Peer[]): boolean {
    if (removed) this.#removedBy.add(peer);
    else this.#removedBy.delete(peer);
    // A peer that has left the cluster would never withdraw its report.
    for (const other of this.#removedBy) {
      if (!members.some(({ id }) => id === other)) this.#removedBy.delete(other);
    }
    if (removed && this.#status === 'ok') {
      this.#become('removed');
      return true;
    }
    if (this.#removedBy.size === 0 && this.#status === 'removed') this.#become('ok');
    return false;
  }

  #become(status: NodeStatus): void {
    this.#status = status;
    this.#onChange();
  }
}
