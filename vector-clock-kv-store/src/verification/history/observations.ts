import { type CausalOrder, type Prefixes, raise } from './causal-order.ts';
import type { Execution, HistoryEvent, WriteEvent } from './execution.ts';

/**
 * Where one session comes to know of the writes of one key, in program order: its own certain writes where
 * it makes them, and writes of unknown outcome where it reads them. Whatever precedes an event does so
 * through the session of a certain write or through a read of an unknown one, so that looking at each
 * session's sightings within the event's past finds every write there.
 */
export class Sightings {
  readonly session: number;
  readonly #positions: number[] = [];
  readonly #writes: WriteEvent[] = [];
  /** At each: all that precedes the write sighted or one sighted before it. */
  readonly #covered: Prefixes[] = [];

  constructor(session: number) {
    this.session = session;
  }

  add(position: number, write: WriteEvent, order: CausalOrder): void {
    this.#positions.push(position);
    this.#writes.push(write);
    const past = order.past(write);
    const before = this.#covered.at(-1);
    if (write.certain || before === undefined) {
      // A certain write follows all that its session has read or written, so its own past is all there is.
      this.#covered.push(past);
      return;
    }
    const covered = before.slice();
    raise(covered, past);
    this.#covered.push(covered);
  }

  /** The first write sighted, when that was among what `prefixes` contain. */
  firstWithin(prefixes: Prefixes): WriteEvent | undefined {
    return (this.#positions[0] ?? Number.POSITIVE_INFINITY) < (prefixes[this.session] ?? 0)
      ? this.#writes[0]
      : undefined;
  }

  /**
   * The last write sighted among what `prefixes` contain, unless it is among what `known` contain, or is read
   * there: then every write sighted within `prefixes` precedes whatever has `known` as its past.
   */
  lastSince(known: Prefixes, prefixes: Prefixes): WriteEvent | undefined {
    return this.#writes[this.#indexOfLastSince(known, prefixes)];
  }

  /** A write among those sighted within `prefixes` that `write` precedes. */
  successorWithin(prefixes: Prefixes, write: WriteEvent, order: CausalOrder): WriteEvent | undefined {
    let last = this.#indexOfLastSince(order.past(write), prefixes);
    const covered = this.#covered[last];
    if (covered === undefined || !order.contains(covered, write)) return undefined;
    // One of them is it; this search is made once, for the verdict.
    for (; last >= 0; last--) {
      const later = this.#writes[last];
      if (later !== undefined && order.precedes(write, later)) return later;
    }
    return undefined;
  }

  /** -1 when there is none. */
  #indexOfLastSince(known: Prefixes, prefixes: Prefixes): number {
    const start = known[this.session] ?? 0;
    const end = prefixes[this.session] ?? 0;
    if (end <= start) return -1;
    const last = this.#countBefore(end) - 1;
    return (this.#positions[last] ?? -1) < start ? -1 : last;
  }

  #countBefore(end: number): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle] ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The sightings of every key that is written, one per session that has any. */
export class SightingsByKey {
  readonly #byKey = new Map<string, Sightings[]>();

  constructor({ events }: Execution, order: CausalOrder) {
    for (const event of events) {
      const write = writeKnownAt(event);
      if (write !== undefined) this.#ofSession(event.key, event.session).add(event.position, write, order);
    }
  }

  of(key: string): readonly Sightings[] {
    return this.#byKey.get(key) ?? [];
  }

  #ofSession(key: string, session: number): Sightings {
    const ofKey = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, ofKey);
    // Events come session by session, so that a session's sightings are the last ones begun.
    const last = ofKey.at(-1);
    if (last?.session === session) return last;
    const begun = new Sightings(session);
    ofKey.push(begun);
    return begun;
  }
}

/** The write that an event is a sighting of. */
function writeKnownAt(event: HistoryEvent): WriteEvent | undefined {
  if (event.type === 'write') return event.certain ? event : undefined;
  return event.source.from === 'write' && !event.source.write.certain ? event.source.write : undefined;
}
