import type { VectorClock } from './vector-clock.ts';
import type { Write } from './write.ts';

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
}

export type Heartbeat = { clock: VectorClock; heardOf: VectorClock };

/** The peer is well but its buffer was full; it took what it could. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
