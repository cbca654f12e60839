import type { NodeId } from '../../causality/node-id.ts';
import { counterOf, merge, type VectorClock } from '../../causality/vector-clock.ts';
import type { TracedEvent } from '../../trace/event.ts';
import type { TracePage } from '../../trace/event-trace.ts';
import type { Gap, Recording } from './recording.ts';

/** Asks one node for its events after a number; undefined when it does not answer. */
export type AskTrace = (after: number) => Promise<TracePage | undefined>;

/** One node, and how far the events of its present run are known. */
type Source = { ask: AskTrace; host: NodeId | undefined; last: number };

/**
 * Gathers the events of all nodes, from its creation on. A node that is started again comes as another host.
 * What a killed process took with it, or a ring has overwritten, is a gap once another host had heard of it.
 */
export class Collector {
  readonly #sources: readonly Source[];
  readonly #events = new Map<NodeId, Map<number, TracedEvent>>();
  /** How many events of each host were before. */
  readonly #start: VectorClock;
  #cut: VectorClock;

  private constructor(asks: readonly AskTrace[], start: VectorClock) {
    this.#sources = asks.map((ask) => ({ ask, host: undefined, last: 0 }));
    this.#start = start;
    this.#cut = start;
  }

  /** Begins with what the nodes have by now; a node that does not answer begins with its first event. */
  static async begin(asks: readonly AskTrace[]): Promise<Collector> {
    const pages = await Promise.all(asks.map((ask) => ask(0)));
    return new Collector(
      asks,
      pages.reduce<VectorClock>((clock, page) => merge(clock, page?.clock ?? {}), {}),
    );
  }

  /** The cut at which it began. */
  get start(): VectorClock {
    return this.#start;
  }

  /**
   * Fetches what is new.
   *
   * @returns a cut: how many events of each host are known, and with each event all its causes, gaps apart
   */
  async collect(): Promise<VectorClock> {
    await Promise.all(this.#sources.map((source) => this.#fetch(source)));
    const cut = this.#cut;
    // A node that was asked early may lack what another, asked later, had by then heard from it.
    const behind = this.#sources.filter(
      ({ host, last }) => host !== undefined && last < counterOf(cut, host),
    );
    await Promise.all(behind.map((source) => this.#fetch(source)));
    return cut;
  }

  /** The events between two cuts. */
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
      const page = await source.ask(source.last);
      if (page === undefined) return;
      if (page.host !== source.host) {
        source.host = page.host;
        const asked = source.last;
        source.last = counterOf(this.#start, page.host);
        // The page began where another run had ended.
        if (asked !== source.last) continue;
      }
      for (const event of page.events) this.#keep(event);
      source.last = Math.max(source.last, ...page.events.map(({ host, clock }) => counterOf(clock, host)));
      if (page.events.length === 0 || source.last >= page.last) return;
    }
  }

  #keep(event: TracedEvent): void {
    const known = this.#events.get(event.host) ?? new Map<number, TracedEvent>();
    known.set(counterOf(event.clock, event.host), event);
    this.#events.set(event.host, known);
    this.#cut = merge(this.#cut, event.clock);
  }
}
