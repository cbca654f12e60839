import { scaleLinear } from 'd3-scale';

/** One line or area of a chart; x is in seconds. */
type ChartSeries = {
  name: string;
  /** The name of a colour in the template; series without one take theirs from the palette. */
  colour?: string | undefined;
  points: readonly (readonly [x: number, y: number])[];
  /** `step`: a value holds until the next one. */
  form: 'line' | 'step';
  filled?: boolean;
  dashed?: boolean;
};

export type ChartSpec = {
  unit: string;
  /** The right end of the time axis, in seconds. */
  seconds: number;
  series: readonly ChartSeries[];
  /** Adds each series on top of the ones before. */
  stacked?: boolean;
  /** A dashed horizontal line that values should stay below. */
  limit?: { name: string; value: number };
  /** What the vertical axis reaches at least, so that charts beside each other have one scale. */
  reach?: number;
  /** About how many labels the axes get. */
  rows?: number;
  columns?: number;
};

/** A chart as shares of its width and height, from 0 to 1; the vertical axis points upwards. */
export type Chart = {
  unit: string;
  series: {
    name: string;
    colour?: string | undefined;
    dashed: boolean;
    filled: boolean;
    /** The line, and for stacked areas the lower edge that closes them. */
    line: [x: number, y: number][];
    base: [x: number, y: number][];
  }[];
  xTicks: { at: number; text: string }[];
  yTicks: { at: number; text: string }[];
  limit?: { at: number; name: string };
};

/** Scales a chart. Pure: the template only draws. */
export function layOutChart(spec: ChartSpec): Chart {
  const { limit, rows = 4, columns = 6, reach = 0, seconds, stacked = false, unit } = spec;
  const series = stacked ? stack(spec.series) : spec.series.map((one) => ({ ...one, base: undefined }));
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const x = scaleLinear([0, Math.max(1, seconds)], [0, 1]).clamp(true);
  const y = scaleLinear([0, Math.max(reach, ...values, limit?.value ?? 0) || 1], [0, 1]).nice(rows);
  const scaled = (points: ChartSeries['points'], form: ChartSeries['form']) =>
    (form === 'step' ? steps(points, seconds) : points).map(([at, value]): [number, number] => [
      digits(x(at)),
      digits(y(value)),
    ]);
  const format = y.tickFormat(rows);
  return {
    unit,
    series: series.map(({ base, colour, dashed = false, filled = false, form, name, points }) => ({
      name,
      colour,
      dashed,
      filled: filled || stacked,
      line: scaled(points, form),
      base: base === undefined ? [] : scaled(base, form),
    })),
    xTicks: x.ticks(columns).map((second) => ({ at: digits(x(second)), text: `${second}` })),
    yTicks: y.ticks(rows).map((value) => ({ at: digits(y(value)), text: format(value) })),
    ...(limit === undefined ? {} : { limit: { at: digits(y(limit.value)), name: limit.name } }),
  };
}

/** Turns points into the corners of steps that hold until the next point, the last one until the end. */
function steps(points: ChartSeries['points'], end: number): [number, number][] {
  return points.flatMap(([at, value], index): [number, number][] => [
    [at, value],
    [points[index + 1]?.[0] ?? end, value],
  ]);
}

/** Adds up series that share their times; where one has no point, it counts 0. */
function stack(series: readonly ChartSeries[]) {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  let below = new Map<number, number>(times.map((at) => [at, 0]));
  return series.map((one) => {
    const own = new Map(one.points);
    const base = times.map((at): [number, number] => [at, below.get(at) ?? 0]);
    const top = times.map((at): [number, number] => [at, (below.get(at) ?? 0) + (own.get(at) ?? 0)]);
    below = new Map(top);
    return { ...one, points: top, base };
  });
}

/** A tenth of a per mille: finer than any print, and the data stays small. */
function digits(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
