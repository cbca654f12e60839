import { addAll, type CausalOrder, type Prefixes } from './causal-order.ts';
import type { Execution, HistoryEvent, WriteEvent } from './execution.ts';

/**
 * The writes of one key that one session has observed, in program order.
 *
 * A session observes its own acknowledged writes where it makes them, and writes of unknown outcome where it
 * reads them. Whatever precedes an event does so through the session of an acknowledged write or through a
 * read of an unknown one, so each session's observations within the event's past cover every write there.
 */
export class Observations {
  readonly session: number;
  readonly #positions: number[] = [];
  readonly #writes: WriteEvent[] = [];
  /** For each observation: the union of the pasts of its write and of all observed before. */
  readonly #cumulativePasts: Prefixes[] = [];

  constructor(session: number) {
    this.session = session;
  }

  add(position: number, write: WriteEvent, order: CausalOrder): void {
    this.#positions.push(position);
    this.#writes.push(write);
    const past = order.past(write);
    const before = this.#cumulativePasts.at(-1);
    if (write.acknowledged || before === undefined) {
      // An acknowledged write follows everything its session has read or written: its past is the union.
      this.#cumulativePasts.push(past);
      return;
    }
    const union = before.slice();
    addAll(union, past);
    this.#cumulativePasts.push(union);
  }

  /** The first write observed, if its observation is in `past`. */
  firstIn(past: Prefixes): WriteEvent | undefined {
    return (this.#positions[0] ?? Number.POSITIVE_INFINITY) < (past[this.session] ?? 0)
      ? this.#writes[0]
      : undefined;
  }

  /**
   * The last write observed in `past`, unless its observation is also in `known`. In that case every write
   * observed in `past` precedes any event whose past is `known`.
   */
  lastIn(past: Prefixes, known: Prefixes): WriteEvent | undefined {
    return this.#writes[this.#lastIndexIn(past, known)];
  }

  /** A write observed in `past` that follows `write`. */
  successorIn(past: Prefixes, write: WriteEvent, order: CausalOrder): WriteEvent | undefined {
    let index = this.#lastIndexIn(past, order.past(write));
    const cumulativePast = this.#cumulativePasts[index];
    if (cumulativePast === undefined || !order.contains(cumulativePast, write)) return undefined;
    // One of them follows it. This linear search runs once, for the verdict.
    for (; index >= 0; index--) {
      const later = this.#writes[index];
      if (later !== undefined && order.precedes(write, later)) return later;
    }
    return undefined;
  }

  /** The index of the last observation in `past`; -1 when there is none or it is also in `known`. */
  #lastIndexIn(past: Prefixes, known: Prefixes): number {
    const start = known[this.session] ?? 0;
    const end = past[this.session] ?? 0;
    if (end <= start) return -1;
    const last = this.#countBefore(end) - 1;
    return (this.#positions[last] ?? -1) < start ? -1 : last;
  }

  /** How many observations come before a position, by binary search. */
  #countBefore(position: number): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The observations of every written key, one per session that observed the key. */
export class ObservationsByKey {
  readonly #byKey = new Map<string, Observations[]>();

  constructor({ events }: Execution, order: CausalOrder) {
    for (const event of events) {
      const write = observedWrite(event);
      if (write !== undefined) this.#ofSession(event.key, event.session).add(event.position, write, order);
    }
  }

  of(key: string): readonly Observations[] {
    return this.#byKey.get(key) ?? [];
  }

  #ofSession(key: string, session: number): Observations {
    const ofKey = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, ofKey);
    // Events come session by session, so the current session's observations are the last in the list.
    const last = ofKey.at(-1);
    if (last?.session === session) return last;
    const created = new Observations(session);
    ofKey.push(created);
    return created;
  }
}

/** The write that an event observes. */
function observedWrite(event: HistoryEvent): WriteEvent | undefined {
  if (event.type === 'write') return event.acknowledged ? event : undefined;
  return event.source.from === 'write' && !event.source.write.acknowledged ? event.source.write : undefined;
}
