/** @jsxRuntime automatic @jsxImportSource preact */
import type { ScaleLinear, ScaleLogarithmic } from 'd3-scale';
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { timeTicks } from './time-ticks.ts';

/** A value that holds until the next point; undefined where there is none, which leaves a gap. */
type Point = { atMs: number; value: number | undefined };

export type Series = {
  name: string;
  /** Selects the colours defined in style/chart.css. */
  role: 'main' | 'context' | 'bad';
  /** In ascending time order. */
  points: readonly Point[];
};

/** A period that is shaded. The role selects its colour. */
export type Shade = { fromMs: number; toMs: number; role: 'fault' | 'wait' };

/** What a period of a chart shows, for a pointer that rests on it. */
export type Hint = { fromMs: number; toMs: number; text: string };

export type TimeChartProps = {
  /** The accessible name: what the chart shows. */
  label: string;
  unit: string;
  /** The ends of the time axis. */
  startMs?: number;
  endMs: number;
  series: readonly Series[];
  /** A horizontal line that values should stay below. */
  limit?: { name: string; value: number };
  /** The largest value of the axis, if charts are to be compared; by default the largest of the series. */
  largest?: number;
  /** In rem; the width is what there is. */
  height: number;
  /** `log` for values that span orders of magnitude, such as response times. */
  scale?: 'linear' | 'log';
  shades?: readonly Shade[];
  hints?: readonly Hint[];
};

/** The drawing's own coordinates; it is stretched to the space that there is. */
const WIDTH = 1_000;
const HEIGHT = 500;

/** About how many grid lines; d3 chooses round steps near that number. */
const ROWS = 3;

/** In rem: a lower chart is a narrow one too, with room for few times. */
const LOW = 10;

/** Draws values over time as a step chart: SVG without scripts, with labels that keep their size on a phone. */
export function TimeChart(props: TimeChartProps) {
  const { label, unit, startMs = 0, endMs, series, limit, height, shades = [], hints = [] } = props;
  const x = timeScale(startMs, endMs);
  const y = valueScale(props);
  const rows = props.scale === 'log' ? y.ticks().filter(isPowerOfTen) : y.ticks(ROWS);
  const share = (value: number) => `${Math.round((y(value) / HEIGHT) * 1_000) / 10}%`;
  return (
    <div class="time-chart" role="img" aria-label={label} style={{ height: `${height}rem` }}>
      <span class="axis unit">{unit}</span>
      {rows.map((value) => (
        <span class="axis value" style={{ top: share(value) }} key={value}>
          {value}
        </span>
      ))}
      <svg class="surface" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <title>{label}</title>
        {shades.map(({ fromMs, toMs, role }) => (
          <rect
            class={`shade ${role}`}
            x={x(fromMs)}
            y="0"
            width={round(x(toMs) - x(fromMs))}
            height={HEIGHT}
            key={role}
          />
        ))}
        {rows.map((value) => (
          <line class="grid" x1="0" x2={WIDTH} y1={round(y(value))} y2={round(y(value))} key={value} />
        ))}
        {series.map((one) => (
          <SeriesView series={one} endMs={endMs} x={x} y={y} key={one.name} />
        ))}
        {limit !== undefined && (
          <line class="limit" x1="0" x2={WIDTH} y1={round(y(limit.value))} y2={round(y(limit.value))} />
        )}
        {hints.map(({ fromMs, toMs, text }) => (
          <rect
            class="hint"
            x={x(fromMs)}
            y="0"
            width={round(x(toMs) - x(fromMs))}
            height={HEIGHT}
            key={fromMs}
          >
            <title>{text}</title>
          </rect>
        ))}
      </svg>
      {limit !== undefined && <span class="note">{limit.name}</span>}
      {timeTicks(startMs, endMs, height < LOW ? 3 : 5).map(({ atMs, text }) => (
        <span class="axis time" style={{ left: `${x(atMs) / (WIDTH / 100)}%` }} key={atMs}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** Maps times to the drawing's horizontal coordinates, rounded. */
function timeScale(startMs: number, endMs: number): (atMs: number) => number {
  const scale = scaleLinear([startMs, Math.max(startMs + 1, endMs)], [0, WIDTH]).clamp(true);
  return (atMs) => round(scale(atMs));
}

type ValueScale = ScaleLinear<number, number> | ScaleLogarithmic<number, number>;

function valueScale({ series, limit, largest: given, scale }: TimeChartProps): ValueScale {
  const values = [
    ...series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? [])),
    ...(limit === undefined ? [] : [limit.value]),
  ];
  const largest = values.reduce((max, value) => Math.max(max, value), given ?? 0) || 1;
  if (scale !== 'log') return scaleLinear([0, largest], [HEIGHT, 0]).nice(ROWS);
  const smallest = values.reduce((min, value) => (value > 0 ? Math.min(min, value) : min), largest);
  const decade = (value: number, direction: (exponent: number) => number) =>
    10 ** direction(Math.log10(value));
  const [from, to] = [decade(smallest, Math.floor), decade(largest, Math.ceil)];
  return scaleLog([from, Math.max(to, from * 10)], [HEIGHT, 0]).clamp(true);
}

type SeriesViewProps = { series: Series; endMs: number; x: (atMs: number) => number; y: ValueScale };

function SeriesView({ series: { name, role, points }, endMs, x, y }: SeriesViewProps) {
  const last = points.at(-1);
  if (last === undefined) return null;
  const held = holdValues([...points, { atMs: endMs, value: last.value }]);
  const defined = ({ value }: Point) => value !== undefined;
  const top = ({ value = 0 }: Point) => y(value);
  const at = ({ atMs }: Point) => x(atMs);
  const surface = area<Point>(at, HEIGHT, top).defined(defined).curve(curveStepAfter).digits(0);
  const outline = line<Point>(at, top).defined(defined).curve(curveStepAfter).digits(0);
  return (
    <g>
      <path class={`area ${role}`} d={surface(held) ?? ''} />
      <path class={`line ${role}`} d={outline(held) ?? ''}>
        <title>{name}</title>
      </path>
    </g>
  );
}

/** Ends a value where the next one begins, also where that is a gap. */
function holdValues(points: readonly Point[]): Point[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    return point.value !== undefined && next !== undefined && next.value === undefined
      ? [point, { atMs: next.atMs, value: point.value }, next]
      : [point];
  });
}

function isPowerOfTen(value: number): boolean {
  return Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
