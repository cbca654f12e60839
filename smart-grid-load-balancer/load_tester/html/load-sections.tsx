/** @jsxRuntime automatic @jsxImportSource preact */
import { TimeChart } from '@gridclock/ui-kit/chart';
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { formatKw } from '../assessment/findings.ts';
import { loadInUse } from './load-in-use.ts';
import { loadOverTime } from './load-over-time.ts';
import { TwoSeries } from './two-series.tsx';

type LoadProps = { run: Run; assessment: Assessment };

/** The load in use of the whole grid against its capacity. */
export function LoadInUseSection({ run, assessment: { capacities } }: LoadProps) {
  const { slots, believed, capacityKw, averageKw, largestKw } = loadInUse(run, capacities);
  const format = (kw: number) =>
    capacityKw === undefined ? formatKw(kw) : `${Math.round((100 * kw) / capacityKw)} % of the capacity`;
  return (
    <section class="card">
      <h2>Load in use, all substations</h2>
      <p>
        {format(averageKw)} on average, {format(largestKw)} at most
        {capacityKw === undefined ? '; the capacity is unknown' : ''}. The accepted sessions of this run, and
        what the balancer believed, which includes requests still on their way.
      </p>
      <p class="keys">
        <span class="key context" />
        believed
        <span class="key main" />
        in use
      </p>
      <TimeChart
        label="Load of all substations over time"
        unit="kW"
        endMs={run.durationMs}
        height={14}
        series={[
          {
            name: 'believed',
            role: 'context',
            points: believed.map(({ atMs, kw: value }) => ({ atMs, value })),
          },
          { name: 'in use', role: 'main', points: slots.map(({ atMs, kw: value }) => ({ atMs, value })) },
        ]}
        {...(capacityKw === undefined
          ? {}
          : { limit: { name: `capacity ${capacityKw} kW`, value: capacityKw } })}
      />
    </section>
  );
}

/** Requested and accepted load over time. */
export function LoadSection({ run: { records, durationMs } }: { run: Run }) {
  return (
    <section class="card">
      <h2>Requested and accepted load</h2>
      <p>kW requested per second, by planned arrival time, and how much of it was accepted.</p>
      <TwoSeries
        label="Requested and accepted load over time"
        unit="kW/s"
        endMs={durationMs}
        height={14}
        slots={loadOverTime(records, durationMs)}
        outer="requested"
        inner="accepted"
      />
    </section>
  );
}

/** One small chart per substation: its load in use against its capacity. All have the same time axis. */
export function SubstationsSection({ run: { samples, durationMs }, assessment: { capacities } }: LoadProps) {
  const ids = [
    ...new Set([...Object.keys(capacities), ...samples.flatMap(({ loads }) => Object.keys(loads))]),
  ].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return (
    <section class="card">
      <h2>Load of each substation</h2>
      <p>
        The balancer's view: the last polled load plus everything sent since. The view may exceed the capacity
        briefly; the substation's own load never does.
      </p>
      <div class="small-charts">
        {ids.length === 0 && <p>The balancer did not report any loads.</p>}
        {ids.map((id) => {
          const capacity = capacities[id];
          return (
            <div key={id}>
              <h3>{id}</h3>
              <TimeChart
                label={`Load of ${id} over time`}
                unit="kW"
                endMs={durationMs}
                height={8}
                series={[
                  {
                    name: 'load',
                    role: 'main',
                    points: samples.map(({ atMs, loads }) => ({ atMs, value: loads[id] ?? 0 })),
                  },
                ]}
                {...(capacity === undefined
                  ? {}
                  : { limit: { name: `capacity ${capacity} kW`, value: capacity } })}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}
