import type { Peer } from '../causality/peer.ts';

/**
 * `starting`: it has no name in clocks yet. `catching-up`: it takes in writes, but does not serve clients.
 * `removed`: the others have taken it out of the cluster.
 */
export const nodeStatuses = ['starting', 'catching-up', 'ok', 'removed'] as const;

/** What a node is at one moment. */
export type NodeStatus = (typeof nodeStatuses)[number];

/** Whether a node serves, by how far it is and by what the others say of it. */
export class NodeLifecycle {
  /** The peers that say that this node was removed. */
  readonly #removedBy = new Set<string>();
  #status: NodeStatus = 'starting';

  get status(): NodeStatus {
    return this.#status;
  }

  catchingUp(): void {
    this.#status = 'catching-up';
  }

  serving(): void {
    this.#status = 'ok';
  }

  /**
   * A peer has said whether this node was removed. One that was serves nobody: the others no longer send it
   * anything.
   *
   * @param members the other nodes that are in the cluster
   * @returns true when this ended its service
   */
  reportRemoval(peer: string, removed: boolean, members: readonly Peer[]): boolean {
    if (removed) this.#removedBy.add(peer);
    else this.#removedBy.delete(peer);
    // One that has left the cluster since will never take its word back.
    for (const other of this.#removedBy) {
      if (!members.some(({ id }) => id === other)) this.#removedBy.delete(other);
    }
    if (removed && this.#status === 'ok') {
      this.#status = 'removed';
      return true;
    }
    if (this.#removedBy.size === 0 && this.#status === 'removed') this.#status = 'ok';
    return false;
  }
}
