import type { Receipt } from '../causality/replica.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { Fault } from '../replication/faulty-transport.ts';

/** Is told what a node's causal core decides, at the moment it does. */
export interface StoreObserver {
  /** The node made a write. */
  wrote(write: Write): void;
  /** A write came in. `clock` is what had been delivered when its receipt was decided, or later. */
  took(write: Write, receipt: Receipt, clock: VectorClock): void;
  /** All that was here was replaced by a peer's snapshot. */
  installed(): void;
}

/** Is told what a fault gate does to the way to one peer. */
export interface FaultObserver {
  injected(fault: Fault): void;
  released(): void;
  struck(fault: Fault, writes: readonly Write[]): void;
}
