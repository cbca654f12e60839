import type { NodeId } from '../../causality/node-id.ts';
import { counterOf, merge, type VectorClock } from '../../causality/vector-clock.ts';
import type { Gap, Recording } from '../../space-time/recording.ts';
import type { TracedEvent } from '../../trace/event.ts';
import type { TraceReader } from './trace-reader.ts';

/** One node: the host name of its current process, and the number of the last event read from it. */
type Source = { read: TraceReader; host: NodeId | undefined; last: number };

/**
 * Collects the events of all nodes. A restarted node counts as a new host.
 * Events that a killed process or a full ring lost become gaps if another host depends on them.
 */
export class TraceCollector {
  readonly #sources: readonly Source[];
  readonly #events = new Map<NodeId, Map<number, TracedEvent>>();
  readonly #start: VectorClock;
  #cut: VectorClock;

  private constructor(readers: readonly TraceReader[], start: VectorClock) {
    this.#sources = readers.map((read) => ({ read, host: undefined, last: 0 }));
    this.#start = start;
    this.#cut = start;
  }

  /** Starts after the nodes' current events; a node that does not respond starts with its first event. */
  static async start(readers: readonly TraceReader[]): Promise<TraceCollector> {
    const pages = await Promise.all(readers.map((read) => read(0)));
    return new TraceCollector(
      readers,
      pages.reduce<VectorClock>((clock, page) => merge(clock, page?.clock ?? {}), {}),
    );
  }

  /** The cut at which collection started: the number of earlier events of each host. */
  get startCut(): VectorClock {
    return this.#start;
  }

  /**
   * Fetches new events.
   *
   * @returns a consistent cut: the number of known events of each host. Apart from gaps, it contains every
   *   event's causes.
   */
  async collect(): Promise<VectorClock> {
    await Promise.all(this.#sources.map((source) => this.#fetch(source)));
    const cut = this.#cut;
    // A node read later may have received messages that a node read earlier had not yet sent.
    const behind = this.#sources.filter(
      ({ host, last }) => host !== undefined && last < counterOf(cut, host),
    );
    await Promise.all(behind.map((source) => this.#fetch(source)));
    return cut;
  }

  /** Returns the events between two cuts. */
  recording(after: VectorClock, upTo: VectorClock): Recording {
    const events: TracedEvent[] = [];
    const gaps: Gap[] = [];
    for (const [host, last] of Object.entries(upTo)) {
      for (let number = counterOf(after, host) + 1; number <= last; number++) {
        const event = this.#events.get(host)?.get(number);
        const gap = gaps.at(-1);
        if (event !== undefined) events.push(event);
        else if (gap?.host === host && gap.to === number - 1) gap.to = number;
        else gaps.push({ host, from: number, to: number });
      }
    }
    return { events, gaps };
  }

  async #fetch(source: Source): Promise<void> {
    for (;;) {
      const page = await source.read(source.last);
      if (page === undefined) return;
      if (page.host !== source.host) {
        source.host = page.host;
        const requested = source.last;
        source.last = counterOf(this.#start, page.host);
        // The requested number was one of the previous process; read again from this one's first event.
        if (requested !== source.last) continue;
      }
      for (const event of page.events) this.#add(event);
      source.last = Math.max(source.last, ...page.events.map(({ host, clock }) => counterOf(clock, host)));
      if (page.events.length === 0 || source.last >= page.last) return;
    }
  }

  #add(event: TracedEvent): void {
    const known = this.#events.get(event.host) ?? new Map<number, TracedEvent>();
    known.set(counterOf(event.clock, event.host), event);
    this.#events.set(event.host, known);
    this.#cut = merge(this.#cut, event.clock);
  }
}
