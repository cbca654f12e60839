import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { InjectedFault } from '@gridclock/simulation-kit';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { TraceReader } from '../space-time/trace-reader.ts';
import { FaultLog, type LoggedFault, type Moment } from './fault-log.ts';
import { OperationSlots, type SlotSummary } from './operation-slots.ts';
import { RecentEvents } from './recent-events.ts';
import { RecoveryWatch } from './recovery-watch.ts';

export type SoakRecorderOptions = {
  /** A reader of each node's trace, by name. */
  readers: ReadonlyMap<string, TraceReader>;
  clockOf: (node: string) => Promise<VectorClock | undefined>;
  scheduler: Scheduler;
  /** The time in milliseconds since 1970, which is that of traced events. */
  now: () => number;
};

/** What a recorder has recorded. Times in milliseconds from the start. */
export type SoakTimeline = {
  /** In milliseconds since 1970. */
  startedAt: number;
  endMs: number;
  /** The names of all nodes. */
  nodes: readonly string[];
  slots: readonly SlotSummary[];
  p50: number | undefined;
  p99: number | undefined;
  faults: Pick<FaultLog, 'count' | 'logged' | 'detailed'>;
};

/** In milliseconds. The whole run: at most 600 slots, from 250 ms on. A zoom: slots of 200 ms, of the last 90 s. */
const RUN_SLOTS = { slotMs: 250, maxSlots: 600, whenFull: 'merge' } as const;
const ZOOM_SLOTS = { slotMs: 200, maxSlots: 450, whenFull: 'drop' } as const;

/** What a zoom shows before a fault and after the recovery, in milliseconds. */
const MARGIN_MS = 2_000;

/** How long events are kept, in milliseconds: a moment's are taken less than a second after it. */
const EVENTS_KEPT_MS = 4_000;

/** How many events a moment shows. */
const EVENTS_BEFORE = 10;
const EVENTS_AFTER = 24;

/** So long after a moment, its effects have been read from the traces; in milliseconds. */
const SETTLE_MS = 600;

/** Records a run for its page: operations over time, and each fault with its recovery and the events around it. */
export class SoakRecorder {
  readonly #options: SoakRecorderOptions;
  readonly #origin: number;
  readonly #wallOrigin: number;
  readonly #run = new OperationSlots(RUN_SLOTS);
  readonly #zoom = new OperationSlots(ZOOM_SLOTS);
  readonly #faults = new FaultLog();
  readonly #events: RecentEvents;
  readonly #recoveries: RecoveryWatch;
  readonly #open = new Map<InjectedFault, { logged: LoggedFault; began: Promise<Moment> }>();
  readonly #finishing = new Set<Promise<void>>();
  readonly #over = new AbortController();
  #endMs: number | undefined;

  constructor(options: SoakRecorderOptions) {
    this.#options = options;
    this.#origin = options.scheduler.now();
    this.#wallOrigin = options.now();
    const { readers, scheduler } = options;
    this.#events = new RecentEvents([...readers.values()], EVENTS_KEPT_MS, scheduler, this.#over.signal);
    this.#recoveries = new RecoveryWatch({ ...options, nodes: [...readers.keys()] });
  }

  onOperation(succeeded: boolean, latencyMs: number): void {
    const atMs = this.#elapsedMs();
    this.#run.add(atMs, succeeded, latencyMs);
    this.#zoom.add(atMs, succeeded, latencyMs);
  }

  onFaultBegan(fault: InjectedFault): void {
    const atMs = this.#elapsedMs();
    const logged = this.#faults.add(fault, atMs);
    this.#open.set(fault, { logged, began: this.#moment('began', atMs) });
  }

  onFaultEnded(fault: InjectedFault): void {
    const open = this.#open.get(fault);
    if (open === undefined) return;
    this.#open.delete(fault);
    const finishing = this.#finish(open.logged, open.began).finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  /** Ends the recording: the nodes have settled, and still run. */
  async end(): Promise<void> {
    this.#endMs = this.#elapsedMs();
    await this.#recoveries.end();
    await Promise.all(this.#finishing);
    this.stop();
  }

  /** Stops everything, also after a failed run. */
  stop(): void {
    this.#endMs ??= this.#elapsedMs();
    this.#over.abort();
    this.#recoveries.stop();
  }

  get timeline(): SoakTimeline {
    const endMs = this.#endMs ?? this.#elapsedMs();
    return {
      startedAt: this.#wallOrigin,
      endMs,
      nodes: [...this.#options.readers.keys()],
      slots: this.#run.between(0, endMs),
      p50: this.#run.percentile(0.5),
      p99: this.#run.percentile(0.99),
      faults: this.#faults,
    };
  }

  async #finish(logged: LoggedFault, began: Promise<Moment>): Promise<void> {
    const endedMs = this.#elapsedMs();
    logged.endedMs = endedMs;
    const ended = this.#moment('ended', endedMs);
    const isRecovered = await this.#recoveries.recovered(logged.fault.nodes);
    const recoveredMs = this.#elapsedMs();
    if (isRecovered) logged.recoveredMs = recoveredMs;
    // Sooner than that, it is in the picture of the end.
    const hasOwnMoment = isRecovered && recoveredMs - endedMs > SETTLE_MS;
    const moments = [began, ended, ...(hasOwnMoment ? [this.#moment('recovered', recoveredMs)] : [])];
    await sleep(this.#options.scheduler, this.#endMs === undefined ? MARGIN_MS : 0);
    this.#faults.addDetails(logged, {
      slots: this.#zoom.between(logged.beganMs - MARGIN_MS, recoveredMs + MARGIN_MS),
      moments: await Promise.all(moments),
    });
  }

  /** Resolves to a moment once the events after it have been read. */
  async #moment(name: Moment['name'], atMs: number): Promise<Moment> {
    await sleep(this.#options.scheduler, SETTLE_MS);
    return { name, atMs, events: this.#events.around(this.#wallOrigin + atMs, EVENTS_BEFORE, EVENTS_AFTER) };
  }

  #elapsedMs(): number {
    return this.#options.scheduler.now() - this.#origin;
  }
}
