import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { Entry } from '../storage/storage.ts';

/** The way to one peer. The simulation and the fault gate stand behind the same interface. */
export interface Transport {
  /**
   * Sends writes, in this order.
   *
   * @returns the peer's clock afterwards; undefined when the peer did not say
   * @throws RefusedError when the peer had no room, another error when it was not reached
   */
  replicate(writes: readonly Write[]): Promise<VectorClock | undefined>;

  /** Asks for the peer's clock, and for the highest write of each node that it has heard of, delivered or not. */
  heartbeat(): Promise<Heartbeat>;

  /** Asks the peer to let a node into the cluster; throws when it does not. */
  join(member: Peer): Promise<void>;

  /** Asks for a part of all that the peer has; `mark` comes from the part before. */
  snapshot(mark: string | undefined): Promise<SnapshotPage>;
}

/** What a node says of itself and of the cluster. */
export type Heartbeat = {
  clock: VectorClock;
  /** The highest write of each node that has arrived there, be it only in the buffer. */
  heardOf: VectorClock;
  /** Which writes its log has no more, so that only a snapshot can bring them. */
  pruned: VectorClock;
  /** Whom it counts to the cluster beside itself; undefined for a node of another make, which does not say. */
  peers?: readonly Peer[] | undefined;
  /** The nodes that were taken out of the cluster. */
  removed?: readonly string[] | undefined;
};

/** A part of a node's entries, and its clock before they were read: they may show later writes too. */
export type SnapshotPage = { clock: VectorClock; entries: Entry[]; next: string | undefined };

/** The peer is there but has no heartbeat: a node of another make, which can only be sent writes. */
export class NoHeartbeatError extends Error {
  override readonly name = 'NoHeartbeatError';
}

/** The peer is well but its buffer was full; it took what it could. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
