import type { Panel } from '../run-data.ts';
import { type Chart, layOutChart } from './chart.ts';

/** A dashboard panel, ready to be drawn. */
export type PanelFigure = { title: string; chart: Chart };

/** The text of a Grafana unit, and by what its values are multiplied. */
const units: Readonly<Record<string, { text: string; factor?: number }>> = {
  kwatt: { text: 'kW' },
  reqps: { text: 'requests/s' },
  wps: { text: 'writes/s' },
  mps: { text: 'messages/s' },
  ops: { text: '1/s' },
  s: { text: 'ms', factor: 1_000 },
  percentunit: { text: '%', factor: 100 },
  percent: { text: '%' },
  short: { text: '' },
};

/** More series than this make a legend longer than the panel; the smallest are left out. */
const MAX_SERIES = 6;

/** Lays out a panel of a dashboard. */
export function panelFigure(panel: Panel, seconds: number): PanelFigure {
  const { text, factor = 1 } = units[panel.unit] ?? { text: panel.unit };
  const peak = ({ points }: Panel['series'][number]) => Math.max(...points.map(([, value]) => value));
  const shown = new Set(
    panel.series.toSorted((left, right) => peak(right) - peak(left)).slice(0, MAX_SERIES),
  );
  return {
    title: panel.title,
    chart: layOutChart({
      unit: text,
      seconds,
      stacked: panel.stacked,
      rows: 3,
      columns: 5,
      series: panel.series
        // In a stack, what is always 0 is invisible: its name would only confuse.
        .filter((series) => shown.has(series) && (!panel.stacked || peak(series) > 0))
        .map(({ colour, dashed, name, points }) => ({
          name,
          colour,
          dashed,
          form: 'line',
          points: points.map(([at, value]) => [at, value * factor]),
        })),
    }),
  };
}
