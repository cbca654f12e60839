import { substationMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { SessionEnd, SessionObserver } from './session-timers.ts';
import type { ChargeDecision, Substation } from './substation.ts';

/** The label `reason` by kind of decision. */
const reasons = {
  full: 'capacity',
  draining: 'draining',
  conflict: 'conflict',
  superseded: 'superseded',
} as const;

/** The substation's metrics. Gauges read the substation at each scrape. */
export class SubstationMetrics implements SessionObserver {
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
    gauge(names.maxCapacity, 'Maximum power, in kW.', () => substation.capacity);
    gauge(names.activeSessions, 'Running sessions.', () => substation.activeSessions);
    gauge(names.utilizationPercent, 'Load in percent of the capacity.', () => substation.utilization);
    gauge(names.highPriorityReserve, 'Capacity reserved for high priority, in kW.', () => {
      return substation.highPriorityReserve;
    });
    gauge(names.draining, '1 while the substation rejects new sessions.', () => Number(substation.draining));
    new Gauge({
      name: names.info,
      help: 'Always 1; the label is the id of this substation.',
      labelNames: ['substation_id'],
      registers,
    }).set({ substation_id: substation.id }, 1);
    this.#accepted = new Counter({ name: names.accepted, help: 'Accepted charge requests.', registers });
    this.#replayed = new Counter({
      name: names.replayed,
      help: 'Repeated charge requests that got the original response.',
      registers,
    });
    new Counter({
      name: names.acceptedKilowatts,
      help: 'Sum of the accepted charge amounts, in kW.',
      registers,
      collect() {
        this.reset();
        this.inc(substation.acceptedTotal);
      },
    });
    this.#rejected = new Counter({
      name: names.rejected,
      help: 'Rejected charge requests, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#ended = new Counter({
      name: names.ended,
      help: 'Ended sessions: completed (their time was over) or stopped (by a client).',
      labelNames: ['end'],
      registers,
    });
    // Prometheus sees an increase only in a series that exists: start each at 0.
    for (const reason of Object.values(reasons)) this.#rejected.inc({ reason }, 0);
    for (const end of ['completed', 'stopped']) this.#ended.inc({ end }, 0);
  }

  decided(decision: ChargeDecision): void {
    if (decision.kind === 'accepted') this.#accepted.inc();
    else if (decision.kind === 'replayed') this.#replayed.inc();
    else this.#rejected.inc({ reason: reasons[decision.kind] });
  }

  ended(end: SessionEnd): void {
    this.#ended.inc({ end });
  }
}
