import type { NodeId } from '../causality/node-id.ts';
import { counterOf, merge, tick, type VectorClock } from '../causality/vector-clock.ts';
import type { TracedEvent, TraceEventBody } from './event.ts';

export type EventTraceOptions = {
  /** The name of this run of this process; no other run may ever have it. */
  host: NodeId;
  /** How many of the latest events are kept. */
  capacity: number;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** The events that follow one. `pruned` is the last that is kept no more, `last` the last there is. */
export type TracePage = {
  host: NodeId;
  clock: VectorClock;
  pruned: number;
  last: number;
  events: TracedEvent[];
};

/**
 * The latest events of one host, each with a vector clock that counts events (Fidge 1988, Mattern 1989): the
 * host's own entry is the event's number, from 1 without a gap; a clock that comes with a message is merged
 * into that of its receipt. Every clock is therefore exact: it counts the events of each host in its past.
 */
export class EventTrace {
  readonly host: NodeId;
  readonly #capacity: number;
  readonly #now: () => number;
  /** Event number n is at (n - 1) modulo the capacity. */
  readonly #ring: TracedEvent[] = [];
  #clock: VectorClock = {};

  constructor({ host, capacity, now }: EventTraceOptions) {
    this.host = host;
    this.#capacity = capacity;
    this.#now = now;
    this.record({ kind: 'start' });
  }

  /** The past of the next event. */
  get clock(): VectorClock {
    return this.#clock;
  }

  /**
   * Adds an event.
   *
   * @param heard the clock that came with a message, when the event is its receipt
   * @returns the event's clock
   */
  record(happening: TraceEventBody, heard: VectorClock = {}): VectorClock {
    this.#clock = tick(merge(this.#clock, heard), this.host);
    const event = { ...happening, host: this.host, at: this.#now(), clock: this.#clock };
    this.#ring[(this.#last - 1) % this.#capacity] = event;
    return this.#clock;
  }

  /** The events after number `after`, oldest first, up to `limit`; those that are kept no more are left out. */
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
