import type { VectorClock } from '../causality/vector-clock.ts';
import type { RetryPolicy } from './retry.ts';
import type { Transport } from './transport.ts';

export type CausalClientOptions = {
  /** The nodes' URLs. A call that names no node asks them in turn until one responds. */
  nodes: readonly string[];
  /** How long a node may take to catch up with this client, in milliseconds. */
  waitMs?: number | undefined;
  /** The maximum time of one attempt, in milliseconds; by default twice the wait, and 5 s for the rest. Infinity: none. */
  timeoutMs?: number | undefined;
  /** What the session has seen before; nothing by default. */
  context?: VectorClock | undefined;
  /** When a call is tried again; `{ rounds: 0 }` tries each node once. */
  retry?: Partial<RetryPolicy> | undefined;
  /** Sends the requests; with `fetch` by default. */
  transport?: Transport | undefined;
  /** Uniform in [0, 1); Math.random by default. */
  random?: (() => number) | undefined;
};

/** Overrides the client's options for one call. */
export type CallOptions = {
  /** The URL of the only node to ask. */
  node?: string | undefined;
  /** How long the node may take to catch up with this client, in milliseconds. */
  waitMs?: number | undefined;
  /** Gives the call up. Whether a write was made is then unknown. */
  signal?: AbortSignal | undefined;
};

export type WriteOptions = CallOptions & {
  /** How many nodes must have stored the write before it is acknowledged; 1 by default. */
  acks?: number | undefined;
};

export type WatchOptions = {
  /** The URL of the only node to watch. */
  node?: string | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
  /** Watches from the writes after this clock; by default those that the session has not seen. */
  since?: VectorClock | undefined;
};
