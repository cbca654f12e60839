import { balancerMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { GridView } from './grid-view.ts';
import type { Placement } from './placement.ts';

const outcomes: Record<Placement['kind'], string> = {
  accepted: 'accepted',
  full: 'insufficient_capacity',
  unavailable: 'unavailable',
  unknown: 'unknown',
  rejected: 'rejected',
};

export type BalancerMetricsOptions = {
  registry: Registry;
  view: GridView;
  waitingRoom: { readonly size: number };
  /** Milliseconds, of the view's clock. */
  now: () => number;
};

/** The balancer's metrics. Gauges read the view when they are scraped. */
export class BalancerMetrics {
  readonly #requests: Counter<'outcome'>;
  readonly #hops: Histogram;
  readonly #retries: Counter;
  readonly #ejections: Counter;

  constructor({ now, registry, view, waitingRoom }: BalancerMetricsOptions) {
    const registers = [registry];
    this.#requests = new Counter({
      name: names.requests,
      help: 'Charging requests answered, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    // From zero, so that the first of a kind is an increase and not a new series.
    for (const outcome of Object.values(outcomes)) this.#requests.inc({ outcome }, 0);
    this.#hops = new Histogram({
      name: names.hops,
      help: 'Substations asked per charging request.',
      buckets: [0, 1, 2, 3, 5, 10, 30, 100, 300, 1000],
      registers,
    });
    this.#retries = new Counter({
      name: names.retries,
      help: 'Messages sent to a substation again because the answer was lost.',
      registers,
    });
    this.#ejections = new Counter({ name: names.ejections, help: 'Substations set aside.', registers });
    new Gauge({
      name: names.waiting,
      help: 'Charging requests that wait for load to be given back.',
      registers,
      collect() {
        this.set(waitingRoom.size);
      },
    });
    new Gauge({
      name: names.substationLoad,
      help: 'Load of a substation as routing sees it, in kW: its last report plus what was sent since.',
      labelNames: ['substation_id'],
      registers,
      collect() {
        // From nothing, so that a substation that was removed leaves no series behind.
        this.reset();
        for (const id of view.ids) this.set({ substation_id: id }, view.describe(id, now())?.load ?? 0);
      },
    });
  }

  answered({ kind, hops }: Placement): void {
    this.#requests.inc({ outcome: outcomes[kind] });
    this.#hops.observe(hops);
  }

  retried(): void {
    this.#retries.inc();
  }

  ejected(): void {
    this.#ejections.inc();
  }
}
