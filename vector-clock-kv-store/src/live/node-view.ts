import type { Dot, VectorClock } from '../causality/vector-clock.ts';
import type { ClockedSummary } from '../trace/event.ts';
import type { TracePage } from '../trace/event-trace.ts';

/** A key as the live page shows it: its value as JSON, shortened, and how many versions it has. */
export type ShownKey = { key: string; value: string; versions: number };

/** A write in the buffer, with the first part of the delivery rule that fails. */
export type ShownBuffered = { write: ClockedSummary; missing: Dot; has: number };

/** A fault on a link, as `GET /faults` shows it. */
type ShownFault = { action: string; delay_ms?: number; count?: number; remaining_s?: number };

/** A link to a peer, with its faults and the writes that they hold back. */
export type ShownLink = { peer: string; faults: ShownFault[]; held: ClockedSummary[] };

/** What the live page shows of one node, at one moment. Every list is cut. */
export type NodeView = {
  node: string;
  clock_id: string;
  status: string;
  clock: VectorClock;
  members: string[];
  keys: ShownKey[];
  /** Whether there are more keys than those shown. */
  more_keys: boolean;
  buffered: ShownBuffered[];
  buffer_size: number;
  /** Undefined unless faults can be injected. */
  links?: ShownLink[] | undefined;
  /** Undefined unless the node records its events. */
  trace?: TracePage | undefined;
};

/** One node in the view of the whole cluster: its view without events, or why there is none. */
export type ClusterMember = { name: string; view?: Omit<NodeView, 'trace'>; problem?: string };

/** What the live page gets of the whole cluster. */
export type ClusterView = { self: string; nodes: ClusterMember[] };
