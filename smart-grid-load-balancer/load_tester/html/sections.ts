import escapeHtml from 'escape-html';
import type { Assessment } from '../assessment/assessment.ts';
import { nearestRank } from '../assessment/statistics.ts';
import type { Run } from '../recorder.ts';
import { type Bar, bars } from './bars.ts';
import { loadOverTime } from './load-over-time.ts';
import { timeChart } from './time-chart.ts';

/** What was asked for and accepted, over time. */
export function loadSection({ records, durationMs }: Run): string {
  const stretches = loadOverTime(records, durationMs);
  const chart = timeChart({
    label: 'Load asked for and load accepted over time',
    unit: 'kW/s',
    endMs: durationMs,
    width: 1_000,
    height: 260,
    series: [
      {
        name: 'asked for',
        role: 'context',
        points: stretches.map(({ atMs, offered: value }) => ({ atMs, value })),
      },
      {
        name: 'accepted',
        role: 'main',
        points: stretches.map(({ atMs, accepted: value }) => ({ atMs, value })),
      },
    ],
  });
  return `<section>
<h2>Load over time</h2>
<p>kW that vehicles asked for in each second, by the time they came, and how much of it was accepted.
<br><span class="key context"></span>asked for<span class="key main"></span>accepted</p>
${scrolled('Load over time', chart)}
</section>`;
}

/** One small chart per substation, all of one scale in time. */
export function substationsSection({ samples, durationMs }: Run, { capacities }: Assessment): string {
  const ids = [
    ...new Set([...Object.keys(capacities), ...samples.flatMap(({ loads }) => Object.keys(loads))]),
  ];
  const charts = ids
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => {
      const capacity = capacities[id];
      const chart = timeChart({
        label: `Load of ${id} over time`,
        unit: 'kW',
        endMs: durationMs,
        width: 320,
        height: 170,
        series: [
          {
            name: 'load',
            role: 'main',
            points: samples.map(({ atMs, loads }) => ({ atMs, value: loads[id] ?? 0 })),
          },
        ],
        ...(capacity === undefined ? {} : { limit: { name: `capacity ${capacity} kW`, value: capacity } }),
      });
      return `<div><h3>${escapeHtml(id)}</h3>\n${chart}</div>`;
    });
  return `<section>
<h2>Load of each substation</h2>
<p>As the balancer sees it: the last report plus what it has sent since. It may stand above the capacity for a
moment; the substation itself never does.</p>
<div class="small">
${charts.join('\n') || '<p>The balancer did not say.</p>'}
</div>
</section>`;
}

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** How long answers took. */
export function latencySection({ records }: Run): string {
  const ended = records.filter(({ outcome }) => outcome.kind !== 'abandoned');
  const sorted = ended.map(({ responseMs }) => responseMs).sort((a, b) => a - b);
  const rows = PERCENTILES.map((share): Bar => {
    const value = sorted.length === 0 ? 0 : nearestRank(sorted, share);
    const name = share === 1 ? 'slowest' : `p${Number((100 * share).toFixed(1))}`;
    return { name, value, text: `${value.toFixed(1)} ms`, role: 'main' };
  });
  return `<section>
<h2>Response times</h2>
<p>Until the answer, or until it was given up; in an open loop counted from the planned time.</p>
${sorted.length === 0 ? '<p>No request ended.</p>' : bars(rows)}
</section>`;
}

/** Why requests were not accepted. */
export function reasonsSection({ records }: Run, { capacities, summary }: Assessment): string {
  const largest = Math.max(...Object.values(capacities));
  const rejected = records.filter(({ outcome }) => outcome.kind === 'rejected');
  const tooLarge = rejected.filter(({ request }) => request.charge_amount > largest).length;
  const rejections: Bar[] = [
    {
      name: 'The grid had no room',
      value: rejected.length - tooLarge,
      text: `${rejected.length - tooLarge}`,
      role: 'warning',
    },
    { name: 'Larger than every substation', value: tooLarge, text: `${tooLarge}`, role: 'warning' },
  ];
  const failures = summary.failures.map(
    ({ reason, count }): Bar => ({ name: reason, value: count, text: `${count}`, role: 'bad' }),
  );
  const rows = [...rejections, ...failures].filter(({ value }) => value > 0);
  return `<section>
<h2>Not accepted</h2>
<p>Rejections, by reason, and failures.</p>
${rows.length === 0 ? '<p>Every request was accepted.</p>' : bars(rows)}
</section>`;
}

/** What clients were told beside what substations counted. */
export function reconciliationSection({ reconciliation }: Assessment): string {
  if (reconciliation === undefined) {
    return '<section>\n<h2>Told against counted</h2>\n<p>The substations’ counters could not be read.</p>\n</section>';
  }
  const rows = reconciliation.substations.map(({ id, told, counted }) => {
    const cells = [
      told.accepted,
      counted.accepted,
      told.acceptedKw.toFixed(1),
      counted.acceptedKw.toFixed(1),
    ];
    return `<tr><th scope="row">${escapeHtml(id)}</th>${cells.map((cell) => `<td class="number">${cell}</td>`).join('')}</tr>`;
  });
  const columns = ['told accepted', 'counted', 'told kW', 'counted kW'];
  const table = `<table>
<thead><tr><th>substation</th>${columns.map((name) => `<th class="number">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
  return `<section>
<h2>Told against counted</h2>
<p>Acceptances that clients heard of, beside what the substations’ own counters rose by. ${reconciliation.open} answers were lost or left it open.</p>
${scrolled('Told against counted', table)}
</section>`;
}

/** Focusable, so that it can also be scrolled with keys. */
function scrolled(label: string, content: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">\n${content}\n</div>`;
}
