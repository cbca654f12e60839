/** @jsxRuntime automatic @jsxImportSource preact */
import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';

type Point = { atMs: number; value: number };

type Series = {
  name: string;
  /** Selects the colours defined in page.css. */
  role: 'main' | 'context';
  /** In ascending time order; each value holds until the next. */
  points: readonly Point[];
};

export type TimeChartProps = {
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
export function TimeChart({ label, unit, endMs, series, limit, width, height }: TimeChartProps) {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const largest = Math.max(0, ...values, limit?.value ?? 0) || 1;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = scaleLinear([0, Math.max(1, endMs) / 1_000], [MARGIN.left, right]).clamp(true);
  const y = scaleLinear([0, largest], [bottom, MARGIN.top]).nice(ROWS);
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
  return (
    <svg class="time-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <text class="axis unit" x={MARGIN.left - 6} y="10" text-anchor="end">
        {unit}
      </text>
      {y.ticks(ROWS).map((value) => (
        <g key={value}>
          <line class="grid" x1={MARGIN.left} x2={right} y1={pixels(y(value))} y2={pixels(y(value))} />
          <text class="axis" x={MARGIN.left - 6} y={pixels(y(value) + 4)} text-anchor="end">
            {value}
          </text>
        </g>
      ))}
      {x.ticks(COLUMNS).map((second) => (
        <text class="axis" key={second} x={pixels(x(second))} y={height - 6} text-anchor="middle">
          {second} s
        </text>
      ))}
      {series.map(({ name, role, points }) => {
        const last = points.at(-1);
        if (last === undefined) return null;
        const held = [...points, { atMs: endMs, value: last.value }];
        return (
          <g key={name}>
            <path class={`area ${role}`} d={surface(held) ?? ''} />
            <path class={`line ${role}`} d={outline(held) ?? ''}>
              <title>{name}</title>
            </path>
          </g>
        );
      })}
      {limit !== undefined && (
        <g>
          <line
            class="limit"
            x1={MARGIN.left}
            x2={right}
            y1={pixels(y(limit.value))}
            y2={pixels(y(limit.value))}
          />
          <text class="note" x={right} y={pixels(y(limit.value) - 5)} text-anchor="end">
            {limit.name}
          </text>
        </g>
      )}
    </svg>
  );
}

function pixels(value: number): number {
  return Math.round(value * 10) / 10;
}
