import type { Receipt } from './causality/replica.ts';
import type { VectorClock } from './causality/vector-clock.ts';
import type { Write } from './causality/write.ts';

/** Observes what a node's causal core decides, at the moment it decides. */
export interface StoreObserver {
  /** The node made a write. */
  onWrite(write: Write): void;
  /** A write arrived. `clock` is what had been delivered when its receipt was decided, or later. */
  onReceipt(write: Write, receipt: Receipt, clock: VectorClock): void;
  /** A peer's snapshot replaced the whole store. */
  onInstall(): void;
}
