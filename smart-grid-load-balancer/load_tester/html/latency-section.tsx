/** @jsxRuntime automatic @jsxImportSource preact */
import type { Run } from '../../workload/recorder.ts';
import { nearestRank } from '../assessment/statistics.ts';
import { type Bar, Bars } from './bars.tsx';
import { latencyOverTime } from './latency-over-time.ts';
import { Scrollable } from './scrollable.tsx';
import { TimeChart } from './time-chart.tsx';

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** Response times: over the run, and their percentiles. */
export function LatencySection({ run: { records, durationMs } }: { run: Run }) {
  const ended = records.filter(({ outcome }) => outcome.kind !== 'abandoned');
  const sorted = ended.map(({ responseMs }) => responseMs).sort((a, b) => a - b);
  const rows = PERCENTILES.map((share): Bar => {
    const value = sorted.length === 0 ? 0 : nearestRank(sorted, share);
    const name = share === 1 ? 'slowest' : `p${Number((100 * share).toFixed(1))}`;
    return { name, value, text: `${value.toFixed(1)} ms`, role: 'main' };
  });
  const slots = latencyOverTime(records, durationMs);
  return (
    <section class="card">
      <h2>Response times</h2>
      <p>
        Until the response or the timeout. In an open loop, measured from the planned time.
        <br />
        <span class="key context" />
        slowest
        <span class="key main" />
        median
      </p>
      {sorted.length === 0 ? (
        <p>No request ended.</p>
      ) : (
        <>
          <Scrollable label="Response times over time">
            <TimeChart
              label="Median and slowest response time over time"
              unit="ms"
              endMs={durationMs}
              width={1_000}
              height={200}
              series={[
                {
                  name: 'slowest',
                  role: 'context',
                  points: slots.map(({ atMs, slowest: value }) => ({ atMs, value })),
                },
                {
                  name: 'median',
                  role: 'main',
                  points: slots.map(({ atMs, median: value }) => ({ atMs, value })),
                },
              ]}
            />
          </Scrollable>
          <Bars rows={rows} />
        </>
      )}
    </section>
  );
}
