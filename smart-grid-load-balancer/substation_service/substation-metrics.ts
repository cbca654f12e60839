import { lifeToNumber, substationMetrics as names } from '@gridclock/grid-protocol';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ChargeDecision } from './charge-decision.ts';
import { toKilowatts } from './power.ts';
import type { Totals } from './session-records.ts';
import type { SessionObserver } from './session-timers.ts';
import type { Substation } from './substation.ts';

/** The label `reason` by kind of decision. */
const reasons = {
  full: 'capacity',
  draining: 'draining',
  conflict: 'conflict',
  superseded: 'superseded',
  unstorable: 'storage',
} as const;

/**
 * The substation's metrics. Gauges, and counters of what a restart must not reset, read the substation at each scrape.
 */
export class SubstationMetrics implements SessionObserver {
  readonly #replayed: Counter;
  readonly #rejected: Counter<'reason'>;

  /**
   * @param durable whether sessions survive a restart
   * @param totals returns what the substation has counted, as far as a restart keeps it
   */
  constructor(
    registry: Registry,
    substation: Substation,
    durable = false,
    totals: () => Promise<Totals> = async () => substation.totals,
  ) {
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
    gauge(names.draining, '1 while the substation rejects new sessions.', () => {
      return Number(substation.draining || substation.storageFailed);
    });
    gauge(names.durable, '1 if sessions survive a restart, otherwise 0.', () => Number(durable));
    gauge(names.storageFailed, '1 while the disk takes no changes and no session can start.', () => {
      return Number(substation.storageFailed);
    });
    if (substation.life !== undefined) {
      const life = lifeToNumber(substation.life);
      gauge(names.life, 'Number of this life; a new one means that sessions were lost.', () => life);
    }
    new Gauge({
      name: names.info,
      help: 'Always 1; the label is the id of this substation.',
      labelNames: ['substation_id'],
      registers,
    }).set({ substation_id: substation.id }, 1);
    const total = (name: string, help: string, read: (totals: Totals) => number) =>
      new Counter({
        name,
        help,
        registers,
        async collect() {
          const value = read(await totals());
          this.reset();
          this.inc(value);
        },
      });
    total(names.accepted, 'Accepted charge requests.', ({ accepted }) => accepted);
    total(names.acceptedKilowatts, 'Sum of the accepted charge amounts, in kW.', ({ acceptedPower }) => {
      return toKilowatts(acceptedPower);
    });
    total(names.energy, 'Energy that ended sessions have drawn, in joules.', ({ energy }) => energy);
    new Counter({
      name: names.ended,
      help: 'Ended sessions: completed (time over), stopped (by a client) or withdrawn (not stored).',
      labelNames: ['end'],
      registers,
      async collect() {
        const { ended } = await totals();
        this.reset();
        for (const [end, count] of Object.entries(ended)) this.inc({ end }, count);
      },
    });
    this.#replayed = new Counter({
      name: names.replayed,
      help: 'Repeated charge requests that got the original response.',
      registers,
    });
    this.#rejected = new Counter({
      name: names.rejected,
      help: 'Rejected charge requests, by reason.',
      labelNames: ['reason'],
      registers,
    });
    // Prometheus sees an increase only in a series that exists: start each at 0.
    for (const reason of Object.values(reasons)) this.#rejected.inc({ reason }, 0);
  }

  decided(decision: ChargeDecision): void {
    if (decision.kind === 'accepted') return;
    if (decision.kind === 'replayed') this.#replayed.inc();
    else this.#rejected.inc({ reason: reasons[decision.kind] });
  }
}
