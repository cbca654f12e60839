import { type Digraph, topologicalOrder } from './digraph.ts';
import type { Execution, HistoryEvent, WriteEvent } from './execution.ts';

/** By session: how many of its certain operations, from the first on, are contained. */
export type Prefixes = Int32Array;

type Foothold = { session: number; position: number };

/** The edges of program order and write-read, by event number; co is their transitive closure. */
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
 * The causal order (co). What precedes an event is, in every session, a prefix of its certain operations:
 * one number per session says which. That is a vector clock over sessions, and takes 4 bytes for each event
 * and session. A write of unknown outcome is in no prefix; it precedes an event when one of its reads does
 * (or is the event), because reads are all that leads on from it.
 */
export class CausalOrder {
  readonly #width: number;
  readonly #pasts: Int32Array;
  readonly #sightings: ReadonlyMap<number, readonly Foothold[]>;

  private constructor(execution: Execution, order: readonly number[]) {
    this.#width = execution.sessions.length;
    this.#pasts = new Int32Array(execution.events.length * this.#width);
    this.#sightings = firstReadsOfUnknown(execution);
    for (const id of order) {
      const event = execution.events[id];
      if (event === undefined) continue;
      if (event.previous !== undefined) this.#follow(event, event.previous);
      if (event.type === 'read' && event.source.from === 'write') this.#follow(event, event.source.write);
    }
  }

  /** @returns the order, or the numbers of events that precede themselves */
  static of(execution: Execution, edges: Digraph): CausalOrder | { cycle: readonly number[] } {
    const sorted = topologicalOrder(edges);
    return 'cycle' in sorted ? sorted : new CausalOrder(execution, sorted.order);
  }

  /** All that precedes an event, itself not counted. */
  past({ id }: HistoryEvent): Prefixes {
    return this.#pasts.subarray(id * this.#width, (id + 1) * this.#width);
  }

  /** Whether an event is among what `prefixes` contain, or is read there. */
  contains(prefixes: Prefixes, event: HistoryEvent): boolean {
    if (event.type === 'read' || event.certain) return isWithin(prefixes, event);
    return this.#sightings.get(event.id)?.some((read) => isWithin(prefixes, read)) ?? false;
  }

  /** Whether `event` precedes `other`. An unknown write precedes its own reads through wr alone: ask `source`. */
  precedes(event: HistoryEvent, other: HistoryEvent): boolean {
    return this.contains(this.past(other), event);
  }

  #follow(event: HistoryEvent, earlier: HistoryEvent): void {
    const pasts = this.#pasts;
    const [to, from] = [event.id * this.#width, earlier.id * this.#width];
    for (let session = 0; session < this.#width; session++) {
      const other = pasts[from + session] ?? 0;
      if (other > (pasts[to + session] ?? 0)) pasts[to + session] = other;
    }
    if (earlier.type === 'write' && !earlier.certain) return;
    const own = to + earlier.session;
    pasts[own] = Math.max(pasts[own] ?? 0, earlier.position + 1);
  }
}

/** Extends `prefixes` by all that `others` contain. */
export function raise(prefixes: Prefixes, others: Prefixes): void {
  for (let session = 0; session < prefixes.length; session++) {
    const other = others[session] ?? 0;
    if (other > (prefixes[session] ?? 0)) prefixes[session] = other;
  }
}

function isWithin(prefixes: Prefixes, { session, position }: Foothold): boolean {
  return (prefixes[session] ?? 0) > position;
}

/** By the number of a write of unknown outcome: the first read of it in each session that has one. */
function firstReadsOfUnknown({ events }: Execution): Map<WriteEvent['id'], Foothold[]> {
  const firstReads = new Map<WriteEvent['id'], Foothold[]>();
  for (const event of events) {
    if (event.type !== 'read' || event.source.from !== 'write' || event.source.write.certain) continue;
    const { id } = event.source.write;
    const reads = firstReads.get(id) ?? [];
    firstReads.set(id, reads);
    // Events come session by session, so that a session's first read of it is the last one noted.
    if (reads.at(-1)?.session !== event.session)
      reads.push({ session: event.session, position: event.position });
  }
  return firstReads;
}
