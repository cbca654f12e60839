import { z } from 'zod';
import type { Panel } from '../run-data.ts';
import type { DashboardPanel } from './dashboard-panels.ts';

const rangeSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** A period, in seconds since 1970. */
export type Period = { from: number; to: number };

/** Evaluates a panel's queries over a period, once a second, as Grafana does. */
export async function queryPanel(url: string, panel: DashboardPanel, period: Period): Promise<Panel> {
  const series = await Promise.all(
    panel.queries.map(async ({ expr, legend }) => {
      const found = await queryRange(url, expr, period);
      return found.map(({ labels, points }) => ({ name: nameOf(legend, labels), points }));
    }),
  );
  return drawable(panel, series.flat());
}

/** Adds how the series are drawn, and sorts them by name. */
export function drawable(
  panel: DashboardPanel,
  series: readonly { name: string; points: [number, number][] }[],
): Panel {
  const { colours, dashed, description, stacked, title, unit } = panel;
  return {
    title,
    description,
    unit,
    stacked,
    series: series
      .filter(({ points }) => points.length > 0)
      .toSorted((left, right) => left.name.localeCompare(right.name, 'en', { numeric: true }))
      .map(({ name, points }) => {
        const colour = colours.get(name);
        return { name, points, dashed: dashed.has(name), ...(colour === undefined ? {} : { colour }) };
      }),
  };
}

async function queryRange(url: string, expr: string, { from, to }: Period) {
  const parameters = new URLSearchParams({ query: expr, start: `${from}`, end: `${to}`, step: '1' });
  const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: parameters });
  const body: unknown = await response.json();
  const parsed = rangeSchema.safeParse(body);
  if (!parsed.success) throw new Error(`Prometheus did not evaluate ${expr}: ${JSON.stringify(body)}`);
  return parsed.data.data.result.map(({ metric: labels, values }) => ({
    labels,
    points: values
      .map(([at, value]): [number, number] => [rounded(at - from), rounded(Number(value))])
      .filter(([, value]) => Number.isFinite(value)),
  }));
}

/** Six digits: more than a drawing shows, and the stored data stays small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Fills a legend such as `{{instance}} to {{peer}}` with the labels of a series. */
function nameOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, label: string) => labels[label] ?? '');
}

const sumSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Counts the targets that a server has scraped; 0 while it does not respond. */
export async function countUp(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=sum(up)`).catch(() => undefined);
  const body: unknown = await response?.json().catch(() => undefined);
  return Number(sumSchema.safeParse(body).data?.data.result[0]?.value[1] ?? 0);
}

/** Reads the version of a Prometheus server. */
export async function readVersion(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/status/buildinfo`);
  return z.object({ data: z.object({ version: z.string() }) }).parse(await response.json()).data.version;
}
