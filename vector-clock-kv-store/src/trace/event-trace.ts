import type { NodeId } from '../causality/node-id.ts';
import { counterOf, merge, tick, type VectorClock } from '../causality/vector-clock.ts';
import type { TracedEvent, TraceEventBody } from './event.ts';

export type EventTraceOptions = {
  /** Identifies this incarnation of this process; must never repeat. */
  host: NodeId;
  /** How many of the latest events to keep. */
  capacity: number;
  /** In milliseconds since 1970. */
  now: () => number;
};

/** A page of a trace. `pruned` is the number of the last event dropped, `last` that of the last event recorded. */
export type TracePage = {
  host: NodeId;
  clock: VectorClock;
  pruned: number;
  last: number;
  events: TracedEvent[];
};

/**
 * The latest events of one host, each with a vector clock that counts events: the host's own entry is the event's
 * number, from 1 without gaps. A receive event merges the clock of the message. Each clock is therefore exact: it
 * counts the events of every host in the event's causal past (Fidge 1988, Mattern 1989).
 */
export class EventTrace {
  readonly host: NodeId;
  readonly #capacity: number;
  readonly #now: () => number;
  /** Event number n is at index (n - 1) modulo the capacity. */
  readonly #ring: TracedEvent[] = [];
  #clock: VectorClock = {};

  constructor({ host, capacity, now }: EventTraceOptions) {
    this.host = host;
    this.#capacity = capacity;
    this.#now = now;
    this.record({ kind: 'start' });
  }

  /** The clock of the latest event. */
  get clock(): VectorClock {
    return this.#clock;
  }

  /**
   * Records an event.
   *
   * @param received the clock of the received message, if the event is a receive event
   * @returns the event's clock
   */
  record(body: TraceEventBody, received: VectorClock = {}): VectorClock {
    this.#clock = tick(merge(this.#clock, received), this.host);
    const event = { ...body, host: this.host, at: this.#now(), clock: this.#clock };
    this.#ring[(this.#last - 1) % this.#capacity] = event;
    return this.#clock;
  }

  /** Returns the events after number `after` that have not been dropped, oldest first, up to `limit`. */
  since(after: number, limit: number): TracePage {
    const pruned = Math.max(0, this.#last - this.#capacity);
    const from = Math.max(after, pruned);
    const events: TracedEvent[] = [];
    for (let number = from + 1; number <= Math.min(this.#last, from + limit); number++) {
      const event = this.#ring[(number - 1) % this.#capacity];
      if (event !== undefined) events.push(event);
    }
    return { host: this.host, clock: this.#clock, pruned, last: this.#last, events };
  }

  get #last(): number {
    return counterOf(this.#clock, this.host);
  }
}
