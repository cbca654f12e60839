import type { BufferCapacity } from './causality/causal-buffer.ts';
import type { LifeId } from './causality/lineage.ts';
import type { Peer } from './causality/peer.ts';
import type { BootstrapOptions } from './membership/bootstrap.ts';
import type { ConflictKind } from './membership/conflict-log.ts';
import type { LogRetention } from './replication/log-compactor.ts';
import type { Heartbeat, PeerEndpoint, Transport } from './replication/transport.ts';
import type { WireFormats } from './replication/wire-formats.ts';
import type { DiskState } from './storage/full-disk.ts';
import type { CommitListener } from './storage/group-commit.ts';
import type { StoreObserver } from './store/store-observer.ts';

/** What a node needs: its configuration, storage, time, network, and who listens. */
export type ClusterNodeOptions = BootstrapOptions & {
  /** The configured peers. */
  peers: readonly PeerEndpoint[];
  /** Creates the transport to a peer that joins or moves. */
  transportTo: (peer: Peer) => Transport;
  /** Requests a heartbeat at an address that may not be a peer's. */
  heartbeatAt?: (peer: Peer) => Promise<Heartbeat>;
  /** Identifies this run of the process. Drawn at random if absent. */
  life?: LifeId;
  /** Which messages this node reads and writes; those of this release by default. */
  wire?: WireFormats;
  /** Called once for every conflict about an identity. */
  onConflict?: (kind: ConflictKind) => void;
  /** The most writes that may wait for a dependency, and their most bytes of memory. */
  bufferCapacity: BufferCapacity;
  /** How much of the log remains although every member has it, and how much at most. */
  logRetention: LogRetention;
  /** The disk of the storage; undefined if it has none that could be full. */
  disk?: DiskState | undefined;
  /**
   * Whether a node that has not caught up may serve although no member responds: because its data is in memory only,
   * or because it founds the cluster.
   */
  servesAlone: boolean;
  /** How long an id must be unused before it is retired, in milliseconds; RETIRE_AFTER_MS by default. */
  retireAfterMs?: number;
  /** How many deletions are kept for removed nodes that may return; MAX_KEPT_TOMBSTONES by default. */
  keptTombstones?: number | undefined;
  /** About how many bytes of JSON one page of a snapshot has. */
  snapshotPageBytes?: number | undefined;
  onCommitted: CommitListener;
  /** Called when a storage write fails: the process must exit. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  observers: readonly StoreObserver[];
};
