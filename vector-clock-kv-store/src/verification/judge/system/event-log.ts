import { type Dot, merge, tick, type VectorClock, zeroClock } from '../../../causality/vector-clock.ts';
import type { Recording } from '../../../space-time/recording.ts';
import { shorten, type TracedEvent, type TraceEventBody } from '../../../trace/event.ts';
import type { Message } from '../dialect/message-form.ts';

/** A diagram of more events than this explains nothing. */
const MAX_SHOWN = 400;

/** About 10 MB: the messages of some minutes of load. Later ones are dropped. */
const MAX_EVENTS = 20_000;

/** What the judge did and saw, as the events of a space-time diagram. Its clocks count events. */
export class EventLog {
  readonly #events: TracedEvent[] = [];
  readonly #clocks = new Map<string, VectorClock>();
  readonly #now: () => number;

  /** @param now the current time, in milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  write(host: string, message: Message): void {
    this.#add(host, { kind: 'write', write: summarize(message) });
  }

  /** Returns the send event, for the receipt. */
  send(host: string, to: string, message: Message): Dot {
    return this.#add(host, { kind: 'send', to, writes: [summarize(message)], count: 1 });
  }

  receive(host: string, from: Dot | undefined, message: Message): void {
    const cause = this.#events.find(
      ({ host: other, clock }) => other === from?.node && clock[other] === from.counter,
    );
    this.#add(host, { kind: 'receive', from, writes: [summarize(message)], count: 1 }, cause?.clock);
  }

  deliver(host: string, message: Message): void {
    this.#add(host, { kind: 'deliver', write: summarize(message) });
  }

  buffer(host: string, message: Message, missing: Dot): void {
    this.#add(host, { kind: 'buffer', write: summarize(message), missing });
  }

  start(host: string): void {
    this.#add(host, { kind: 'start' });
  }

  /** The first events; with values, only what happened to the writes of these values. */
  recording(values?: ReadonlySet<unknown>): Recording {
    const shown = new Set([...(values ?? [])].map((value) => shorten(JSON.stringify(value) ?? '')));
    const isAbout = (event: TracedEvent) => {
      const writes = 'write' in event ? [event.write] : 'writes' in event ? event.writes : [];
      return writes.some(({ value }) => shown.has(value));
    };
    const events = values === undefined ? this.#events : this.#events.filter(isAbout);
    return { events: events.slice(0, MAX_SHOWN), gaps: [] };
  }

  #add(host: string, body: TraceEventBody, cause: VectorClock = zeroClock): Dot {
    const clock = tick(merge(this.#clocks.get(host) ?? zeroClock, cause), host);
    const counter = clock[host] ?? 0;
    if (this.#events.length >= MAX_EVENTS) return { node: host, counter: 0 };
    this.#clocks.set(host, clock);
    this.#events.push({ ...body, host, at: this.#now(), clock });
    return { node: host, counter };
  }
}

function summarize({ sender, key, value, vc }: Message) {
  return { node: sender, counter: vc[sender] ?? 0, key, value: shorten(JSON.stringify(value) ?? ''), vc };
}
