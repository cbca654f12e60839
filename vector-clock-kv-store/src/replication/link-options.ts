import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { NodeId } from '../causality/node-id.ts';
import type { Storage } from '../storage/storage.ts';
import type { RejectedWrite } from './rejected-writes.ts';
import type { Heartbeat, Transport } from './transport.ts';

/** What a link needs: this node's id and data, the way to the peer, and who wants to hear of the peer. */
export type LinkOptions = {
  /** The id that this node's own writes are counted under. */
  self: NodeId;
  storage: Pick<Storage, 'clock' | 'pruned' | 'retired' | 'log'>;
  transport: Transport;
  scheduler: Scheduler;
  /** Uniform in [0, 1): spreads retries and comparisons. */
  random: () => number;
  /** Called when the peer becomes unreachable, and when it is reachable again. */
  onReachabilityChange?: (reachable: boolean, reason?: string) => void;
  /** Called with each heartbeat of the peer and the milliseconds since it was requested. */
  onHeartbeat?: (heartbeat: Heartbeat, tookMs: number) => void;
  /** Called when the peer has rejected a write more than once. */
  onRejected?: (write: RejectedWrite) => void;
  /** Called when the peer has reported its clock. */
  onProgress?: () => void;
};
