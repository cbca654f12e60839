import type { NodeId } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { SnapshotPage } from '../storage/storage.ts';

/** Sends requests to one peer: over HTTP, with injected faults, or in memory for tests and simulations. */
export interface Transport {
  /**
   * Sends writes, in this order.
   *
   * @returns the peer's clock afterwards; undefined if the response has none
   * @throws RefusedError if the peer's buffer is full, another error if the request failed
   */
  replicate(writes: readonly Write[]): Promise<VectorClock | undefined>;

  /** @throws NoHeartbeatError if the peer does not implement heartbeats, another error if the request failed */
  heartbeat(): Promise<Heartbeat>;

  /** Asks the peer to add a node to the cluster; throws if it does not. */
  join(member: Peer): Promise<void>;

  /** Requests a page of the peer's snapshot; the cursor comes from the page before. */
  snapshot(cursor: string | undefined): Promise<SnapshotPage>;
}

/** A peer and the transport that reaches it. */
export type PeerEndpoint = { peer: Peer; transport: Transport };

/** A node's report about itself and the cluster. */
export type Heartbeat = {
  /** The id that the node counts its writes under, or is about to. */
  id?: NodeId | undefined;
  /** How many ids the node knows to be retired; undefined for a node that cannot retire ids. */
  retired?: number | undefined;
  clock: VectorClock;
  /** The highest write of each node that has arrived there, even if it is still buffered. */
  heardOf: VectorClock;
  /** Writes pruned from the node's log: only a snapshot can bring them. */
  pruned: VectorClock;
  /** The other members; undefined if the node is another implementation, which does not report them. */
  peers?: readonly Peer[] | undefined;
  /** The node's status; undefined if the node is another implementation, which does not report it. */
  status?: string | undefined;
  /** The names of the nodes removed from the cluster. */
  removed?: readonly string[] | undefined;
};

/** The peer is reachable but has no heartbeat: another implementation, which can only receive writes. */
export class NoHeartbeatError extends Error {
  override readonly name = 'NoHeartbeatError';
}

/** The peer's buffer is full. The peer accepted the writes that fit. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
