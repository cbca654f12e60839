import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { TracedEvent } from '../../trace/event.ts';
import type { TraceReader } from '../space-time/trace-reader.ts';

/** In milliseconds. Short, so that a killed process takes few unread events with it. */
const READ_EVERY_MS = 200;

/** In milliseconds. What is further from a moment has little to do with it. */
const NEAR_MS = 2_000;

/** Reads the latest events of all nodes in the background, each node by itself; older ones are dropped. */
export class RecentEvents {
  readonly #scheduler: Scheduler;
  readonly #keepMs: number;
  readonly #stop: AbortSignal;
  #events: TracedEvent[] = [];

  /**
   * @param keepMs how much older than the latest event the oldest may be
   * @param stop ends the reading
   */
  constructor(readers: readonly TraceReader[], keepMs: number, scheduler: Scheduler, stop: AbortSignal) {
    this.#scheduler = scheduler;
    this.#keepMs = keepMs;
    this.#stop = stop;
    for (const read of readers) void this.#keepReading(read);
  }

  /**
   * Returns the events nearest to a moment, in the order of their times: some before it, more after it, none of them
   * more than seconds away.
   *
   * @param at in milliseconds since 1970, as in the events
   */
  around(at: number, before: number, after: number): TracedEvent[] {
    const sorted = this.#events
      .filter((event) => Math.abs(event.at - at) <= NEAR_MS)
      .sort((left, right) => left.at - right.at);
    const middle = sorted.findIndex((event) => event.at >= at);
    const start = middle === -1 ? sorted.length : middle;
    return withoutOpenReceipts(sorted.slice(Math.max(0, start - before), start + after));
  }

  async #keepReading(read: TraceReader): Promise<void> {
    let host: string | undefined;
    let last = 0;
    while (!this.#stop.aborted) {
      // A node that is down or paused responds later.
      const page = await read(last).catch(() => undefined);
      if (page !== undefined && page.host !== host) {
        // What a node did before the run is of no interest; of a restarted process, everything is.
        last = host === undefined ? page.last : 0;
        host = page.host;
        if (page.last > last) continue;
      } else if (page !== undefined) {
        this.#add(page.events);
        last = Math.max(last, ...page.events.map((event) => event.clock[event.host] ?? 0));
        if (page.events.length > 0 && last < page.last) continue;
      }
      await sleep(this.#scheduler, READ_EVERY_MS, this.#stop);
    }
  }

  #add(events: readonly TracedEvent[]): void {
    if (events.length === 0) return;
    const all = [...this.#events, ...events];
    const latest = all.reduce((max, { at }) => Math.max(max, at), 0);
    this.#events = all.filter(({ at }) => at >= latest - this.#keepMs);
  }
}

/** Drops a host's last receipt: what the message did there is not among the events, so it would look like a duplicate. */
function withoutOpenReceipts(events: readonly TracedEvent[]): TracedEvent[] {
  const last = new Map(events.map((event) => [event.host, event]));
  return events.filter((event) => event.kind !== 'receive' || last.get(event.host) !== event);
}
