import type { NodeId } from '../causality/node-id.ts';
import type { Dot, VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import { dotOf } from '../causality/write.ts';
import type { LinkFault } from '../replication/faulty-transport.ts';

/** A write as an event mentions it: its name, its key, and the start of its value as JSON. */
export type WriteSummary = Dot & { key: string; value: string };

/** What a node did or met. Peers are named as configured, hosts as one run of a process. */
export type TraceEventBody =
  | { kind: 'start' }
  | { kind: 'write' | 'deliver' | 'refuse'; write: WriteSummary }
  | { kind: 'buffer'; write: WriteSummary; missing: Dot }
  /** `writes` are the first of them, `count` says how many there are. */
  | { kind: 'send'; to: string; writes: WriteSummary[]; count: number }
  /** `from` is the sender's event that the message left with; undefined when the sender keeps no trace. */
  | { kind: 'receive'; from?: Dot | undefined; writes: WriteSummary[]; count: number }
  | { kind: 'snapshot' }
  /** A fault was put in force on the way to a peer, all were taken back, or one struck writes under way. */
  | { kind: 'fault'; peer: string; phase: 'begin'; action: LinkFault['action'] }
  | { kind: 'fault'; peer: string; phase: 'end' }
  | {
      kind: 'fault';
      peer: string;
      phase: 'affect';
      action: LinkFault['action'];
      writes: WriteSummary[];
      count: number;
    };

/** One event of one host. The clock counts events, not writes; its entry for the host is this event's number. */
export type TracedEvent = TraceEventBody & {
  host: NodeId;
  /** Milliseconds since 1970 by the host's own clock: for show only, order is the vector clock's. */
  at: number;
  clock: VectorClock;
};

/** Enough to recognise a write by, in characters; a trace must not keep what a store keeps. */
const SHOWN_CHARACTERS = 48;

/** Of a batch, so many are mentioned; the diagram has no room for more. */
const MENTIONED_WRITES = 8;

/** A write as an event mentions it; long keys and values are cut. */
export function summarize(write: Write): WriteSummary {
  return { ...dotOf(write), key: shorten(write.key), value: shorten(JSON.stringify(write.value)) };
}

/** The first writes of a batch, and how many it has. */
export function summarizeAll(writes: readonly Write[]): { writes: WriteSummary[]; count: number } {
  return { writes: writes.slice(0, MENTIONED_WRITES).map(summarize), count: writes.length };
}

function shorten(text: string): string {
  const characters = [...text.slice(0, 2 * SHOWN_CHARACTERS)];
  return characters.length > SHOWN_CHARACTERS
    ? `${characters.slice(0, SHOWN_CHARACTERS - 1).join('')}…`
    : text;
}
