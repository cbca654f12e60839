/** @jsxRuntime automatic @jsxImportSource preact */
import { TimeChart } from '@gridclock/ui-kit/chart';
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { formatKw } from '../assessment/findings.ts';
import { type LoadInUse, loadInUse, loadOverTime } from './load-over-time.ts';
import { TwoSeries } from './two-series.tsx';

type LoadProps = { run: Run; assessment: Assessment };

/** The load in use of the whole grid against its capacity. */
export function LoadInUseSection({ run: { samples, durationMs }, assessment: { capacities } }: LoadProps) {
  const use = loadInUse(samples, capacities);
  return (
    <section class="card">
      <h2>Load in use, all substations</h2>
      <p>{describeUse(use)} As the balancer sees it, once a second.</p>
      {use.points.length === 0 ? (
        <p>The balancer did not report any loads.</p>
      ) : (
        <TimeChart
          label="Load of all substations over time"
          unit="kW"
          endMs={durationMs}
          height={14}
          series={[{ name: 'load in use', role: 'main', points: use.points }]}
          {...(use.capacityKw === undefined
            ? {}
            : { limit: { name: `capacity ${use.capacityKw} kW`, value: use.capacityKw } })}
        />
      )}
    </section>
  );
}

function describeUse({ averageKw, largestKw, capacityKw }: LoadInUse): string {
  if (averageKw === undefined || largestKw === undefined) return '';
  if (capacityKw === undefined)
    return `${formatKw(averageKw)} on average, ${formatKw(largestKw)} at most; the capacity is unknown.`;
  const percent = (kw: number) => `${Math.round((100 * kw) / capacityKw)} %`;
  return `${percent(averageKw)} of the capacity on average, ${percent(largestKw)} at most.`;
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
