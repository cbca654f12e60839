import { substationMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Admission, Substation } from './substation.ts';

const reasons = {
  full: 'capacity',
  draining: 'draining',
  conflict: 'conflict',
  superseded: 'superseded',
} as const;

/** The substation's metrics. Gauges read the substation when they are scraped, so they are never behind. */
export class SubstationMetrics {
  readonly #accepted: Counter;
  readonly #replayed: Counter;
  readonly #rejected: Counter<'reason'>;
  readonly #ended: Counter<'end'>;

  constructor(registry: Registry, substation: Substation) {
    const registers = [registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge(names.currentLoad, 'Power drawn by running sessions, in kW.', () => substation.load);
    gauge(names.maxCapacity, 'Power that may be drawn at most, in kW.', () => substation.capacity);
    gauge(names.activeSessions, 'Running sessions.', () => substation.activeSessions);
    gauge(names.utilizationPercent, 'Load in percent of the capacity.', () => substation.utilization);
    gauge(names.highPriorityReserve, 'Capacity for high priority only, in kW.', () => {
      return substation.highPriorityReserve;
    });
    gauge(names.draining, '1 while no new sessions are taken.', () => Number(substation.draining));
    new Gauge({ name: names.info, help: 'Who this is.', labelNames: ['substation_id'], registers }).set(
      { substation_id: substation.id },
      1,
    );
    this.#accepted = new Counter({ name: names.accepted, help: 'Charging requests accepted.', registers });
    this.#replayed = new Counter({
      name: names.replayed,
      help: 'Charging requests answered once more, because their request_id was known.',
      registers,
    });
    new Counter({
      name: names.acceptedKilowatts,
      help: 'Sum of the power of all accepted charging requests, in kW.',
      registers,
      collect() {
        this.reset();
        this.inc(substation.acceptedTotal);
      },
    });
    this.#rejected = new Counter({
      name: names.rejected,
      help: 'Charging requests refused, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#ended = new Counter({
      name: names.ended,
      help: 'Sessions ended: completed when their time was over, stopped when asked to.',
      labelNames: ['end'],
      registers,
    });
    // From zero, so that the first refusal is an increase and not a new series.
    for (const reason of Object.values(reasons)) this.#rejected.inc({ reason }, 0);
    for (const end of ['completed', 'stopped']) this.#ended.inc({ end }, 0);
  }

  admission(admission: Admission): void {
    if (admission.kind === 'accepted') this.#accepted.inc();
    else if (admission.kind === 'replayed') this.#replayed.inc();
    else this.#rejected.inc({ reason: reasons[admission.kind] });
  }

  ended(end: 'completed' | 'stopped'): void {
    this.#ended.inc({ end });
  }
}
