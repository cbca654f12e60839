import { balancerMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { GridView, MemberView } from './fleet/grid-view.ts';
import type { Placement } from './routing/placement.ts';

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
  /** Milliseconds since 1970. */
  wallClock: () => number;
};

/** The balancer's metrics. Gauges read the view when they are scraped. */
export class BalancerMetrics {
  readonly #requests: Counter<'outcome'>;
  readonly #hops: Histogram;
  readonly #retries: Counter;
  readonly #ejections: Counter;
  readonly #repeats: Counter;
  readonly #waits: Histogram<'outcome'>;

  constructor({ now, registry, view, waitingRoom, wallClock }: BalancerMetricsOptions) {
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
    this.#ejections = new Counter({ name: names.ejections, help: 'Substations ejected.', registers });
    this.#repeats = new Counter({
      name: names.repeats,
      help: 'Charging requests that came again and were answered with what was known or under way.',
      registers,
    });
    this.#waits = new Histogram({
      name: names.waits,
      help: 'Time that charging requests spent in the admission queue, in seconds, by outcome.',
      labelNames: ['outcome'],
      // From load that is given back at once to the longest wait that can be configured.
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
    for (const outcome of ['admitted', 'rejected']) this.#waits.zero({ outcome });
    new Gauge({
      name: names.waiting,
      help: 'Charging requests in the admission queue.',
      registers,
      collect() {
        this.set(waitingRoom.size);
      },
    });
    const perSubstation = (name: string, help: string, read: (member: MemberView) => number | undefined) =>
      new Gauge({
        name,
        help,
        labelNames: ['substation_id'],
        registers,
        collect() {
          // From nothing, so that a substation that was removed leaves no series behind.
          this.reset();
          for (const id of view.ids) {
            const member = view.describe(id, now());
            const value = member && read(member);
            if (value !== undefined) this.set({ substation_id: id }, value);
          }
        },
      });
    perSubstation(
      names.substationLoad,
      'Load of a substation as routing sees it, in kW: its last report plus what was sent since.',
      ({ load }) => load,
    );
    perSubstation(
      names.viewTimestamp,
      'When a substation last answered, in seconds since 1970. Absent while it never has.',
      ({ ageMs }) => (ageMs === undefined ? undefined : (wallClock() - ageMs) / 1_000),
    );
    perSubstation(
      names.ejected,
      '1 while a substation is ejected because it does not answer, otherwise 0.',
      ({ health }) => Number(health === 'ejected'),
    );
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

  repeated(): void {
    this.#repeats.inc();
  }

  /** Records how long a request spent in the admission queue. */
  waited(ms: number, outcome: 'admitted' | 'rejected'): void {
    this.#waits.observe({ outcome }, ms / 1_000);
  }
}
