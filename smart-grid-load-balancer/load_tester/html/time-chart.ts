import { escapeHtml } from '@gridclock/html-page';
import { ticks } from './ticks.ts';

type Series = {
  name: string;
  /** Chooses the colours, in style.ts. */
  role: 'main' | 'context';
  /** Ascending in time; each value holds until the next. */
  points: readonly { atMs: number; value: number }[];
};

export type TimeChart = {
  /** What the chart shows, for those who do not see it. */
  label: string;
  unit: string;
  endMs: number;
  series: readonly Series[];
  /** A line that should not be crossed. */
  limit?: { name: string; value: number };
  width: number;
  height: number;
};

const MARGIN = { left: 48, right: 12, top: 18, bottom: 22 };

/** A chart of values over time as inline SVG, without scripts. */
export function timeChart({ label, unit, endMs, series, limit, width, height }: TimeChart): string {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const rows = ticks(Math.max(0, ...values, limit?.value ?? 0));
  const columns = ticks(endMs / 1_000, 6).filter((second) => second * 1_000 <= endMs);
  const top = rows.at(-1) ?? 1;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = (ms: number) =>
    round(MARGIN.left + (Math.min(ms, endMs) / Math.max(1, endMs)) * (right - MARGIN.left));
  const y = (value: number) => round(bottom - (value / top) * (bottom - MARGIN.top));

  const grid = rows.map(
    (value) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="tick" x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const seconds = columns.map(
    (second) =>
      `<text class="tick" x="${x(second * 1_000)}" y="${height - 6}" text-anchor="middle">${second} s</text>`,
  );
  const lines = series.map(({ name, role, points }) => {
    const [first] = points;
    if (first === undefined) return '';
    const steps = points.map(({ atMs, value }, index) =>
      index === 0 ? `M${x(atMs)} ${y(value)}` : `H${x(atMs)}V${y(value)}`,
    );
    const outline = `${steps.join('')}H${x(endMs)}`;
    const area = `<path class="area ${role}" d="${outline}V${bottom}H${x(first.atMs)}Z"/>`;
    return `${area}<path class="line ${role}" d="${outline}"><title>${escapeHtml(name)}</title></path>`;
  });
  const boundary =
    limit === undefined
      ? ''
      : `<line class="limit" x1="${MARGIN.left}" x2="${right}" y1="${y(limit.value)}" y2="${y(limit.value)}"/>` +
        `<text class="note" x="${right}" y="${y(limit.value) - 5}" text-anchor="end">${escapeHtml(limit.name)}</text>`;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    `<text class="tick" x="${MARGIN.left - 6}" y="10" text-anchor="end">${escapeHtml(unit)}</text>`,
    ...grid,
    ...seconds,
    ...lines,
    boundary,
    '</svg>',
  ].join('\n');
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
