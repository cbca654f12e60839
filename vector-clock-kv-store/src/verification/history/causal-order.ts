import { type Digraph, topologicalOrder } from './digraph.ts';
import type { Execution, HistoryEvent, WriteEvent } from './execution.ts';

/** A set of events: the first n acknowledged operations of each session, by session. */
export type Prefixes = Int32Array;

/** A position among the acknowledged operations of a session. */
type SessionPosition = { session: number; position: number };

/** The edges of program order and write-read, by event id. Causal order (co) is their transitive closure. */
export function causalEdges({ events }: Execution): number[][] {
  const successors: number[][] = events.map(() => []);
  for (const event of events) {
    if (event.previous !== undefined) successors[event.previous.id]?.push(event.id);
    if (event.type === 'read' && event.source.from === 'write')
      successors[event.source.write.id]?.push(event.id);
  }
  return successors;
}

/**
 * The causal order (co) of an execution.
 *
 * In every session, the past of an event is a prefix of the acknowledged operations, so one number per session
 * represents it: a vector clock over sessions, 4 bytes per event and session. A write of unknown outcome
 * is in no prefix. It precedes an event if a read of it is in the event's past, or is the event: only
 * reads lead on from such a write.
 */
export class CausalOrder {
  readonly #width: number;
  readonly #pasts: Int32Array;
  readonly #readsOfUnknown: ReadonlyMap<number, readonly SessionPosition[]>;

  private constructor(execution: Execution, order: readonly number[]) {
    this.#width = execution.sessions.length;
    this.#pasts = new Int32Array(execution.events.length * this.#width);
    this.#readsOfUnknown = firstReadsOfUnknownWrites(execution);
    for (const id of order) {
      const event = execution.events[id];
      if (event === undefined) continue;
      if (event.previous !== undefined) this.#placeAfter(event, event.previous);
      if (event.type === 'read' && event.source.from === 'write') this.#placeAfter(event, event.source.write);
    }
  }

  /** @returns the causal order, or the event ids of a cycle */
  static of(execution: Execution, edges: Digraph): CausalOrder | { cycle: readonly number[] } {
    const sorted = topologicalOrder(edges);
    return 'cycle' in sorted ? sorted : new CausalOrder(execution, sorted.order);
  }

  /** All events that precede an event. */
  past({ id }: HistoryEvent): Prefixes {
    return this.#pasts.subarray(id * this.#width, (id + 1) * this.#width);
  }

  /** Whether `prefixes` contains the event or a read of it. */
  contains(prefixes: Prefixes, event: HistoryEvent): boolean {
    if (event.type === 'read' || event.acknowledged) return isIn(prefixes, event);
    return this.#readsOfUnknown.get(event.id)?.some((read) => isIn(prefixes, read)) ?? false;
  }

  /** Whether `event` precedes `other`. False for a write of unknown outcome and its first read: see `source`. */
  precedes(event: HistoryEvent, other: HistoryEvent): boolean {
    return this.contains(this.past(other), event);
  }

  #placeAfter(event: HistoryEvent, earlier: HistoryEvent): void {
    const pasts = this.#pasts;
    const [to, from] = [event.id * this.#width, earlier.id * this.#width];
    for (let session = 0; session < this.#width; session++) {
      const other = pasts[from + session] ?? 0;
      if (other > (pasts[to + session] ?? 0)) pasts[to + session] = other;
    }
    if (earlier.type === 'write' && !earlier.acknowledged) return;
    const own = to + earlier.session;
    pasts[own] = Math.max(pasts[own] ?? 0, earlier.position + 1);
  }
}

/** Adds all events of `others` to `prefixes`. */
export function addAll(prefixes: Prefixes, others: Prefixes): void {
  for (let session = 0; session < prefixes.length; session++) {
    const other = others[session] ?? 0;
    if (other > (prefixes[session] ?? 0)) prefixes[session] = other;
  }
}

function isIn(prefixes: Prefixes, { session, position }: SessionPosition): boolean {
  return (prefixes[session] ?? 0) > position;
}

/** The first read in each session of each write of unknown outcome, by the write's id. */
function firstReadsOfUnknownWrites({ events }: Execution): Map<WriteEvent['id'], SessionPosition[]> {
  const firstReads = new Map<WriteEvent['id'], SessionPosition[]>();
  for (const event of events) {
    if (event.type !== 'read' || event.source.from !== 'write' || event.source.write.acknowledged) continue;
    const { id } = event.source.write;
    const reads = firstReads.get(id) ?? [];
    firstReads.set(id, reads);
    // Events come session by session, so a repeated read in a session follows that session's first one.
    if (reads.at(-1)?.session !== event.session)
      reads.push({ session: event.session, position: event.position });
  }
  return firstReads;
}
