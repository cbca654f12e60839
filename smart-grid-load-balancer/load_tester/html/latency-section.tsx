/** @jsxRuntime automatic @jsxImportSource preact */
import type { Run } from '../../workload/recorder.ts';
import { nearestRank } from '../assessment/statistics.ts';
import { type Bar, Bars } from './bars.tsx';
import { latencyOverTime, responseTimes } from './latency-over-time.ts';
import { TwoSeries } from './two-series.tsx';

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** Response times: over the run, and their percentiles. */
export function LatencySection({ run: { records, durationMs } }: { run: Run }) {
  const sorted = responseTimes(records);
  const rows = PERCENTILES.map((share): Bar => {
    const value = sorted.length === 0 ? 0 : nearestRank(sorted, share);
    const name = share === 1 ? 'slowest' : `p${Number((100 * share).toFixed(1))}`;
    return { name, value, text: `${value.toFixed(1)} ms`, role: 'main' };
  });
  return (
    <section class="card">
      <h2>Response times</h2>
      <p>Until the response or the timeout. In an open loop, measured from the planned time.</p>
      {sorted.length === 0 ? (
        <p>No request ended.</p>
      ) : (
        <>
          <TwoSeries
            label="Median and slowest response time over time"
            unit="ms"
            endMs={durationMs}
            height={12}
            slots={latencyOverTime(records, durationMs)}
            outer="slowest"
            inner="median"
          />
          <Bars rows={rows} />
        </>
      )}
    </section>
  );
}
