import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import escapeHtml from 'escape-html';

type Point = { atMs: number; value: number };

type Series = {
  name: string;
  /** Selects the colours defined in style.ts. */
  role: 'main' | 'context';
  /** In ascending time order; each value holds until the next. */
  points: readonly Point[];
};

export type TimeChart = {
  /** The accessible name: what the chart shows. */
  label: string;
  unit: string;
  endMs: number;
  series: readonly Series[];
  /** A horizontal line that values should stay below. */
  limit?: { name: string; value: number };
  width: number;
  height: number;
};

const MARGIN = { left: 48, right: 12, top: 18, bottom: 22 };

/** About how many grid lines; d3 chooses round steps near that number. */
const ROWS = 3;
const COLUMNS = 6;

/** Draws values over time as a step chart: inline SVG without scripts. */
export function timeChart({ label, unit, endMs, series, limit, width, height }: TimeChart): string {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const largest = Math.max(0, ...values, limit?.value ?? 0) || 1;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = scaleLinear([0, Math.max(1, endMs) / 1_000], [MARGIN.left, right]).clamp(true);
  const y = scaleLinear([0, largest], [bottom, MARGIN.top]).nice(ROWS);

  const grid = y
    .ticks(ROWS)
    .map(
      (value) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${pixels(y(value))}" y2="${pixels(y(value))}"/>` +
        `<text class="tick" x="${MARGIN.left - 6}" y="${pixels(y(value) + 4)}" text-anchor="end">${value}</text>`,
    );
  const seconds = x
    .ticks(COLUMNS)
    .map(
      (second) =>
        `<text class="tick" x="${pixels(x(second))}" y="${height - 6}" text-anchor="middle">${second} s</text>`,
    );
  const outline = line<Point>(
    ({ atMs }) => x(atMs / 1_000),
    ({ value }) => y(value),
  )
    .curve(curveStepAfter)
    .digits(1);
  const surface = area<Point>(
    ({ atMs }) => x(atMs / 1_000),
    bottom,
    ({ value }) => y(value),
  )
    .curve(curveStepAfter)
    .digits(1);
  const lines = series.map(({ name, role, points }) => {
    const last = points.at(-1);
    if (last === undefined) return '';
    const held = [...points, { atMs: endMs, value: last.value }];
    return (
      `<path class="area ${role}" d="${surface(held)}"/>` +
      `<path class="line ${role}" d="${outline(held)}"><title>${escapeHtml(name)}</title></path>`
    );
  });
  const boundary =
    limit === undefined
      ? ''
      : `<line class="limit" x1="${MARGIN.left}" x2="${right}" y1="${pixels(y(limit.value))}" y2="${pixels(y(limit.value))}"/>` +
        `<text class="note" x="${right}" y="${pixels(y(limit.value) - 5)}" text-anchor="end">${escapeHtml(limit.name)}</text>`;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    `<text class="tick unit" x="${MARGIN.left - 6}" y="10" text-anchor="end">${escapeHtml(unit)}</text>`,
    ...grid,
    ...seconds,
    ...lines,
    boundary,
    '</svg>',
  ].join('\n');
}

function pixels(value: number): number {
  return Math.round(value * 10) / 10;
}
