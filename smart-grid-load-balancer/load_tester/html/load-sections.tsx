/** @jsxRuntime automatic @jsxImportSource preact */
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { loadOverTime } from './load-over-time.ts';
import { Scrollable } from './scrollable.tsx';
import { TimeChart } from './time-chart.tsx';

/** Requested and accepted load over time. */
export function LoadSection({ run: { records, durationMs } }: { run: Run }) {
  const slots = loadOverTime(records, durationMs);
  return (
    <section class="card">
      <h2>Load over time</h2>
      <p>
        kW requested per second, by planned arrival time, and how much of it was accepted.
        <br />
        <span class="key context" />
        requested
        <span class="key main" />
        accepted
      </p>
      <Scrollable label="Load over time">
        <TimeChart
          label="Requested and accepted load over time"
          unit="kW/s"
          endMs={durationMs}
          width={1_000}
          height={260}
          series={[
            {
              name: 'requested',
              role: 'context',
              points: slots.map(({ atMs, requested: value }) => ({ atMs, value })),
            },
            {
              name: 'accepted',
              role: 'main',
              points: slots.map(({ atMs, accepted: value }) => ({ atMs, value })),
            },
          ]}
        />
      </Scrollable>
    </section>
  );
}

/** One small chart per substation: its load in use against its capacity. All have the same time axis. */
export function SubstationsSection({ run, assessment }: { run: Run; assessment: Assessment }) {
  const { samples, durationMs } = run;
  const { capacities } = assessment;
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
                width={320}
                height={170}
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
