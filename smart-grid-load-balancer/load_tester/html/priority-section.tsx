/** @jsxRuntime automatic @jsxImportSource preact */
import { priorities } from '@gridclock/grid-protocol';
import type { Run } from '../../workload/recorder.ts';
import { nearestRank } from '../assessment/statistics.ts';
import { Bars } from './bars.tsx';
import { latencyOverTime, responseTimes } from './latency-over-time.ts';
import { Scrollable } from './scrollable.tsx';
import { TwoSeries } from './two-series.tsx';

/** How many requests of each priority were accepted, and how long they took. */
export function PrioritySection({ run: { records, durationMs } }: { run: Run }) {
  const rows = [...priorities].reverse().map((priority) => {
    const ofPriority = records.filter(({ request }) => request.priority === priority);
    const accepted = ofPriority.filter(({ outcome }) => outcome.kind === 'accepted').length;
    const times = responseTimes(ofPriority);
    const slots = latencyOverTime(ofPriority, durationMs);
    return { priority, accepted, total: ofPriority.length, times, slots };
  });
  const slowest = responseTimes(records).at(-1) ?? 0;
  return (
    <section class="card">
      <h2>By priority</h2>
      <p>Accepted requests. A priority decides how long a vehicle charges, not who gets in.</p>
      <Bars
        rows={rows.map(({ priority, accepted, total }) => ({
          name: priority,
          value: total === 0 ? 0 : accepted / total,
          text: `${accepted} of ${total}`,
          role: 'main',
        }))}
      />
      <Scrollable label="Response times by priority">
        <table class="percentiles">
          <thead>
            <tr>
              <th>response time</th>
              {['p50', 'p99', 'slowest'].map((name) => (
                <th class="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ priority, times }) => (
              <tr key={priority}>
                <th scope="row">{priority}</th>
                {[0.5, 0.99, 1].map((share) => (
                  <td class="number" key={share}>
                    {times.length === 0 ? 'none' : `${nearestRank(times, share).toFixed(1)} ms`}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
      <div class="small-charts">
        {rows
          .filter(({ times }) => times.length > 0)
          .map(({ priority, slots }) => (
            <div key={priority}>
              <h3>{priority}</h3>
              <TwoSeries
                label={`Median and slowest response time of ${priority} priority over time`}
                unit="ms"
                endMs={durationMs}
                height={7}
                largest={slowest}
                slots={slots}
                outer="slowest"
                inner="median"
              />
            </div>
          ))}
      </div>
    </section>
  );
}
