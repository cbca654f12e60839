import type { VectorClock } from '../causality/vector-clock.ts';
import type { RetryPolicy } from './retry.ts';
import type { Transport } from './transport.ts';

export type CausalClientOptions = {
  /** The nodes' URLs. A call that names no node asks them in turn until one responds. */
  nodes: readonly string[];
  /** How long a node may take to catch up with this client, in milliseconds. */
  waitMs?: number;
  /** The maximum time of one attempt, in milliseconds; by default twice the wait, and 5 s for the rest. */
  timeoutMs?: number;
  /** What the session has seen before; nothing by default. */
  context?: VectorClock;
  /** When a call is tried again; `{ rounds: 0 }` tries each node once. */
  retry?: Partial<RetryPolicy>;
  /** Sends the requests; with `fetch` by default. */
  transport?: Transport;
  /** Uniform in [0, 1); Math.random by default. */
  random?: () => number;
};

/** Overrides the client's options for one call. */
export type CallOptions = {
  /** The URL of the only node to ask. */
  node?: string;
  /** How long the node may take to catch up with this client, in milliseconds. */
  waitMs?: number;
  /** Gives the call up. Whether a write was made is then unknown. */
  signal?: AbortSignal;
};

export type WriteOptions = CallOptions & {
  /** How many nodes must have stored the write before it is acknowledged; 1 by default. */
  acks?: number;
};

export type WatchOptions = {
  /** The URL of the only node to watch. */
  node?: string;
  /** Ends the watch. */
  signal?: AbortSignal;
  /** Watches from the writes after this clock; by default those that the session has not seen. */
  since?: VectorClock;
};
