import escapeHtml from 'escape-html';
import type { Run } from '../../workload/recorder.ts';
import type { Assessment } from '../assessment/assessment.ts';
import { nearestRank } from '../assessment/statistics.ts';
import { loadOverTime } from './load-over-time.ts';
import { timeChart } from './time-chart.ts';

/** One bar of length `value`, labelled with `text`. */
type Bar = { name: string; value: number; text: string; role: 'main' | 'warning' | 'bad' };

/** Requested and accepted load over time. */
export function loadSection({ records, durationMs }: Run): string {
  const slots = loadOverTime(records, durationMs);
  const chart = timeChart({
    label: 'Requested and accepted load over time',
    unit: 'kW/s',
    endMs: durationMs,
    width: 1_000,
    height: 260,
    series: [
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
    ],
  });
  return `<section>
<h2>Load over time</h2>
<p>kW requested per second, by planned arrival time, and how much of it was accepted.
<br><span class="key context"></span>requested<span class="key main"></span>accepted</p>
${scrollable('Load over time', chart)}
</section>`;
}

/** One small chart per substation; all have the same time axis. */
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
<p>The balancer's view: the last polled load plus everything sent since. The view may exceed the capacity
briefly; the substation's own load never does.</p>
<div class="small">
${charts.join('\n') || '<p>The balancer did not report any loads.</p>'}
</div>
</section>`;
}

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** Percentiles of the response times. */
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
<p>Until the response or the timeout. In an open loop, measured from the planned time.</p>
${sorted.length === 0 ? '<p>No request ended.</p>' : bars(rows)}
</section>`;
}

/** Rejections and failures by reason. */
export function notAcceptedSection({ summary }: Assessment): string {
  const { tooLarge, capacityUnknown, sessionInterrupted } = summary;
  const bar = (name: string, value: number, role: Bar['role']): Bar => ({
    name,
    value,
    text: `${value}`,
    role,
  });
  const rows = [
    bar('Grid full', summary.rejected - tooLarge, 'warning'),
    bar('Larger than every substation', tooLarge, 'warning'),
    bar('Capacity unknown: part of the grid did not respond', capacityUnknown, 'bad'),
    bar('Session interrupted: accepted, then lost', sessionInterrupted, 'bad'),
    ...summary.failures
      .filter(({ cause }) => cause === undefined)
      .map(({ reason, count }) => bar(reason, count, 'bad')),
  ].filter(({ value }) => value > 0);
  return `<section>
<h2>Not accepted</h2>
<p>Rejections and failures, by reason.</p>
${rows.length === 0 ? '<p>Every request was accepted.</p>' : bars(rows, 'reasons')}
</section>`;
}

/** Acceptances as clients received them, next to the substations' counters. */
export function reconciliationSection({ reconciliation }: Assessment): string {
  if (reconciliation === undefined) {
    return '<section>\n<h2>Clients and substations</h2>\n<p>The substations’ counters could not be read.</p>\n</section>';
  }
  const rows = reconciliation.substations.map(({ id, acknowledged, counted }) => {
    const isLost = reconciliation.restarted?.includes(id) ?? false;
    const cells = [
      acknowledged.accepted,
      isLost ? 'lost' : counted.accepted,
      acknowledged.acceptedKw.toFixed(1),
      isLost ? 'lost' : counted.acceptedKw.toFixed(1),
    ];
    return `<tr><th scope="row">${escapeHtml(id)}</th>${cells.map((cell) => `<td class="number">${cell}</td>`).join('')}</tr>`;
  });
  const columns = ['clients', 'substations', 'clients, kW', 'substations, kW'];
  const table = `<table>
<thead><tr><th>substation</th>${columns.map((name) => `<th class="number">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
  return `<section>
<h2>Clients and substations</h2>
<p>Acceptances that clients received, next to the increase of the substations’ counters. ${reconciliation.unresolved} ${reconciliation.unresolved === 1 ? 'request' : 'requests'} got no definite response.</p>
${scrollable('Clients and substations', table)}
</section>`;
}

/** Wraps wide content so that it scrolls independently of the page. Focusable, so that the keyboard can scroll it too. */
function scrollable(label: string, content: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">\n${content}\n</div>`;
}

/** Draws values as bars in the last column of a table, which stays readable without the style. */
function bars(rows: readonly Bar[], role?: 'reasons'): string {
  const largest = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  const lines = rows.map(({ name, value, text, role }) => {
    const percent = ((100 * value) / largest).toFixed(1);
    return `<tr><th scope="row">${escapeHtml(name)}</th><td class="number">${escapeHtml(text)}</td><td class="bar"><span class="${role}" style="width:${percent}%"></span></td></tr>`;
  });
  return `<table class="bars${role === undefined ? '' : ` ${role}`}">\n${lines.join('\n')}\n</table>`;
}
