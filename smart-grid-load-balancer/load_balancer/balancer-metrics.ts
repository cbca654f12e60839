import { balancerMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { GridView } from './fleet/grid-view.ts';
import type { MemberView } from './fleet/member-state.ts';
import { type QueueOutcome, queueOutcomes } from './routing/admission-queue.ts';
import type { Placement } from './routing/placement.ts';

const outcomes: Record<Placement['kind'], string> = {
  accepted: 'accepted',
  full: 'insufficient_capacity',
  'capacity-unknown': 'capacity_unknown',
  'too-large': 'too_large',
  withdrawn: 'withdrawn',
  expired: 'expired',
  unavailable: 'unavailable',
  unknown: 'unknown',
  interrupted: 'interrupted',
  unstorable: 'storage_failed',
  invalid: 'invalid',
};

export type BalancerMetricsOptions = {
  registry: Registry;
  view: GridView;
  queue: { readonly size: number };
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  /** Whether the disk takes no changes; never by default. */
  storageFailed?: () => boolean;
};

/** The balancer's metrics. Gauges read the view at each scrape. */
export class BalancerMetrics {
  readonly #requests: Counter<'outcome'>;
  readonly #hops: Histogram;
  readonly #retries: Counter;
  readonly #ejections: Counter;
  readonly #repeats: Counter;
  readonly #interrupted: Counter;
  readonly #waits: Histogram<'outcome'>;

  constructor({
    now,
    queue,
    registry,
    view,
    wallClock,
    storageFailed = () => false,
  }: BalancerMetricsOptions) {
    const registers = [registry];
    this.#requests = new Counter({
      name: names.requests,
      help: 'Charge requests, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    // Start at zero: otherwise increase() misses the first event of each outcome.
    for (const outcome of Object.values(outcomes)) this.#requests.inc({ outcome }, 0);
    this.#hops = new Histogram({
      name: names.hops,
      help: 'Substations asked per charge request.',
      buckets: [0, 1, 2, 3, 5, 10, 30, 100, 300, 1000],
      registers,
    });
    this.#retries = new Counter({
      name: names.retries,
      help: 'Messages sent to a substation again after a lost response.',
      registers,
    });
    this.#ejections = new Counter({ name: names.ejections, help: 'Substations ejected.', registers });
    this.#repeats = new Counter({
      name: names.repeats,
      help: 'Repeated charge requests that shared the placement of an earlier one.',
      registers,
    });
    this.#interrupted = new Counter({
      name: names.interrupted,
      help: 'Sessions that ended because their substation lost its memory of them.',
      registers,
    });
    new Gauge({
      name: names.storageFailed,
      help: '1 while the disk takes no changes and no request can be placed.',
      registers,
      collect() {
        this.set(Number(storageFailed()));
      },
    });
    this.#waits = new Histogram({
      name: names.waits,
      help: 'Time that charge requests spent in the admission queue, in seconds, by outcome.',
      labelNames: ['outcome'],
      // From capacity that is free at once to the longest configurable wait.
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    for (const outcome of queueOutcomes) this.#waits.zero({ outcome });
    new Gauge({
      name: names.waiting,
      help: 'Charge requests in the admission queue.',
      registers,
      collect() {
        this.set(queue.size);
      },
    });
    const perSubstation = (
      name: string,
      help: string,
      read: (member: MemberView, id: string) => number | undefined,
    ) =>
      new Gauge({
        name,
        help,
        labelNames: ['substation_id'],
        registers,
        collect() {
          // A removed substation must leave no series behind.
          this.reset();
          for (const id of view.ids) {
            const member = view.describe(id, now());
            const value = member && read(member, id);
            if (value !== undefined) this.set({ substation_id: id }, value);
          }
        },
      });
    perSubstation(
      names.substationLoad,
      'Estimated load of a substation, in kW: its last report plus the dispatches since.',
      ({ load }, id) => (view.sameAs(id) === undefined ? load : undefined),
    );
    perSubstation(
      names.viewTimestamp,
      'Time of the last response of a substation, in seconds since 1970. Absent before the first.',
      ({ ageMs }) => (ageMs === undefined ? undefined : (wallClock() - ageMs) / 1_000),
    );
    perSubstation(
      names.ejected,
      '1 while a substation is ejected because it does not respond, otherwise 0.',
      ({ health }) => Number(health === 'ejected'),
    );
  }

  placed({ kind, hops }: Placement): void {
    this.#requests.inc({ outcome: outcomes[kind] });
    this.#hops.observe(hops);
  }

  retried(): void {
    this.#retries.inc();
  }

  ejected(): void {
    this.#ejections.inc();
  }

  repeated(): void {
    this.#repeats.inc();
  }

  /** Records sessions that their substation has lost. */
  interrupted(count: number): void {
    this.#interrupted.inc(count);
  }

  /** Records how long a request spent in the admission queue. */
  waited(ms: number, outcome: QueueOutcome): void {
    this.#waits.observe({ outcome }, ms / 1_000);
  }
}
