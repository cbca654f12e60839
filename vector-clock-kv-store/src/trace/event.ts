import type { NodeId } from '../causality/node-id.ts';
import type { Dot, VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import { dotOf } from '../causality/write.ts';
import type { LinkFault } from '../replication/link-faults.ts';

/** A write as events show it: its dot, its key, and its value as JSON, shortened. */
export type WriteSummary = Dot & { key: string; value: string };

/** A write that an event is about, also with its vector clock; without it, if it has too many entries to show. */
export type ClockedSummary = WriteSummary & { vc?: VectorClock };

/** The first writes of a batch, and the number of writes in it. */
type BatchSummary = { writes: WriteSummary[]; count: number };

/** What happened at a node. Peers appear under their configured names, hosts as one incarnation of a process. */
export type TraceEventBody =
  | { kind: 'start' }
  | { kind: 'write' | 'deliver' | 'refuse'; write: ClockedSummary }
  /** `missing` is a write that has to come first, `has` the last one of its node that was here. */
  | { kind: 'buffer'; write: ClockedSummary; missing: Dot; has?: number }
  | ({ kind: 'send'; to: string } & BatchSummary)
  /** `from` is the sender's send event; undefined if the sender is not traced. */
  | ({ kind: 'receive'; from?: Dot | undefined } & BatchSummary)
  | { kind: 'snapshot' }
  /** A fault on the link to a peer was injected, affected writes in transit, or was released with all others. */
  | { kind: 'fault'; peer: string; phase: 'begin'; action: LinkFault['action'] }
  | ({ kind: 'fault'; peer: string; phase: 'affect'; action: LinkFault['action'] } & BatchSummary)
  | { kind: 'fault'; peer: string; phase: 'end' };

/** One event of one host. Its clock counts events, not writes; the host's entry is this event's number. */
export type TracedEvent = TraceEventBody & {
  host: NodeId;
  /** The host's wall clock, in milliseconds since 1970. For display only; the vector clock gives the order. */
  at: number;
  clock: VectorClock;
};

/** Enough to recognise a write; a trace must not grow with the values of the store. */
const MAX_SHOWN_CHARACTERS = 48;

/** A diagram has no room for more writes of a batch. */
const MAX_SHOWN_WRITES = 8;

/** More entries than this fit neither a diagram nor the memory of a trace. */
const MAX_SHOWN_ENTRIES = 40;

/** Summarizes a write with its clock. */
export function summarizeWithClock(write: Write): ClockedSummary {
  const isShown = Object.keys(write.vc).length <= MAX_SHOWN_ENTRIES;
  return isShown ? { ...summarize(write), vc: write.vc } : summarize(write);
}

/** Summarizes a write; long keys and values are cut. */
function summarize(write: Write): WriteSummary {
  return { ...dotOf(write), key: shorten(write.key), value: shorten(JSON.stringify(write.value)) };
}

/** Summarizes a batch. */
export function summarizeBatch(writes: readonly Write[]): BatchSummary {
  return { writes: writes.slice(0, MAX_SHOWN_WRITES).map(summarize), count: writes.length };
}

/** Cuts a text to what a diagram has room for. */
export function shorten(text: string): string {
  const characters = [...text.slice(0, 2 * MAX_SHOWN_CHARACTERS)];
  return characters.length > MAX_SHOWN_CHARACTERS
    ? `${characters.slice(0, MAX_SHOWN_CHARACTERS - 1).join('')}…`
    : text;
}
