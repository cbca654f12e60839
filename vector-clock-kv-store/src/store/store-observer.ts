import type { Receipt } from '../causality/replica.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';

/** Observes the decisions of a node's causal core as it makes them, and what it hears of its peers. */
export interface StoreObserver {
  /** This node made a write. */
  onWrite(write: Write): void;
  /** A write arrived. */
  onReceipt(write: Write, receipt: Receipt): void;
  /** A peer's snapshot replaced the store's data. */
  onInstall(): void;
  /** A peer reported its clock, `tookMs` after it was asked. */
  onHeartbeat?(peer: string, clock: VectorClock, tookMs: number): void;
}
