import type { LifeId, Lineage } from '../causality/lineage.ts';
import type { NodeId } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClaimAnswer } from '../membership/claim.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import type { WireFormats } from './wire-formats.ts';

/** Sends requests to one peer: over HTTP, with injected faults, or in memory for tests and simulations. */
export interface Transport {
  /**
   * Sends writes, in this order.
   *
   * @param to the peer's life, if it is known: another life refuses them
   * @returns the peer's clock afterwards; undefined if the response has none
   * @throws RefusedError if the peer's buffer is full, another error if the request failed
   */
  replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined>;

  /** @throws NoHeartbeatError if the peer does not implement heartbeats, another error if the request failed */
  heartbeat(): Promise<Heartbeat>;

  /** Asks the peer to add a node to the cluster; throws if it does not. */
  join(member: Peer): Promise<void>;

  /**
   * Asks the peer to call this node and to compare its identity with what the peer knows of it.
   *
   * @throws NoClaimsError if the peer does not implement claims, another error if the request failed
   */
  claim(request: ClaimRequest): Promise<ClaimAnswer>;

  /**
   * Requests a page of the peer's snapshot; the cursor comes from the page before.
   *
   * @throws NoSnapshotsError if the peer does not implement snapshots, another error if the request failed
   */
  snapshot(cursor: string | undefined): Promise<SnapshotPage>;
}

/** A peer and the transport that reaches it. */
export type PeerEndpoint = { peer: Peer; transport: Transport };

/** A node's call for the comparison of its identity. What it claims is in its heartbeat. */
export type ClaimRequest = {
  /** The configured name of the claiming node. */
  id: string;
  life: LifeId;
  /** Where the other nodes reach the claiming node, if it says so. */
  url?: string | undefined;
  /** Whether to record the claim; otherwise it is only checked. */
  confirm: boolean;
};

/** A node's report about itself and the cluster. */
export type Heartbeat = {
  /** The configured name of the node that responded. */
  name?: string | undefined;
  /** The id that the node counts its writes under, or that it claims while it starts. */
  id?: NodeId | undefined;
  /** The node's life and those before it on its disk; undefined for other implementations. */
  life?: LifeId | undefined;
  lineage?: Lineage | undefined;
  /** What the node has recorded of the requesting one, if its life differs; empty if nothing. */
  record?: Lineage | undefined;
  /** The clock that the requesting node's data must include, if it was removed for long. */
  needs?: VectorClock | undefined;
  /** Whether the node is replacing its data, because it contradicts that of others: nobody may take anything from it. */
  replacing?: boolean | undefined;
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
  /** The conflicts about identities that the node sees. Undefined if the node does not report them. */
  conflicts?: readonly { kind: string; message: string }[] | undefined;
  /** The names of the nodes removed from the cluster. */
  removed?: readonly string[] | undefined;
  /** Which messages the node reads and writes; undefined for another implementation or a release before versions. */
  wire?: WireFormats | undefined;
};

/** The peer is reachable but has no heartbeat: another implementation, which can only receive writes. */
export class NoHeartbeatError extends Error {
  override readonly name = 'NoHeartbeatError';
}

/** The peer does not implement claims: another implementation, or an earlier release. */
export class NoClaimsError extends Error {
  override readonly name = 'NoClaimsError';
}

/** The peer does not implement snapshots: another implementation. */
export class NoSnapshotsError extends Error {
  override readonly name = 'NoSnapshotsError';
}

/** Another node responded than the one that the peer's address is configured for. */
export class WrongPeerError extends Error {
  override readonly name = 'WrongPeerError';
}

/** The peer and this node read no version of the wire format in common. Nothing was exchanged. */
export class IncompatiblePeerError extends Error {
  override readonly name = 'IncompatiblePeerError';
}

/** The peer rejects one of the messages as invalid or too large (4xx). None of them changed anything there. */
export class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

/** The peer's buffer is full. The peer accepted the writes that fit. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
