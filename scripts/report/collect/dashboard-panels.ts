import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { dashboardSchema, fillVariables } from '../../../smart-grid-load-balancer/monitoring/dashboard.ts';

/** How a panel is drawn from scraped metrics where no Prometheus evaluates its queries. */
type Scraped = {
  metric: string;
  /** The label whose values name the series; `instance` is the name of the service. Undefined: one sum. */
  by?: string;
  /** The name of the sum; `by` names the others. */
  name?: string;
  /** Whether the metric is a counter, drawn as its increase per second. */
  isCounter?: true;
};

/** A panel to draw: its title on the dashboard, and how to do without Prometheus. */
type Choice = { title: string; scraped: readonly Scraped[] };

/** A dashboard of Grafana, and its panels that the report shows. */
export type DashboardChoice = { file: string; panels: readonly Choice[] };

export const storePanels: DashboardChoice = {
  file: 'store-dashboard.json',
  panels: [
    {
      title: 'Requests by route',
      scraped: [{ metric: 'http_request_duration_seconds_count', by: 'route', isCounter: true }],
    },
    {
      title: 'Writes visible',
      scraped: [{ metric: 'kv_committed_writes_total', by: 'instance', isCounter: true }],
    },
    {
      title: 'Messages by result',
      scraped: [{ metric: 'kv_replicate_messages_total', by: 'status', isCounter: true }],
    },
    { title: 'Buffer depth', scraped: [{ metric: 'kv_buffered_messages', by: 'instance' }] },
    { title: 'Clock spread by writer', scraped: [] },
    { title: 'Response time of writes', scraped: [] },
  ],
};

export const gridPanels: DashboardChoice = {
  file: 'dashboard.json',
  panels: [
    {
      title: 'Load distribution over time',
      scraped: [{ metric: 'substation_current_load', by: 'instance' }],
    },
    {
      title: 'Capacity against load',
      scraped: [
        { metric: 'substation_current_load', name: 'load' },
        { metric: 'substation_max_capacity', name: 'capacity' },
      ],
    },
    { title: 'Active sessions', scraped: [{ metric: 'substation_active_sessions', by: 'instance' }] },
    {
      title: 'Requests by outcome',
      scraped: [{ metric: 'load_balancer_requests_total', by: 'outcome', isCounter: true }],
    },
    { title: 'Total grid load', scraped: [{ metric: 'substation_current_load', name: 'load' }] },
    {
      title: 'Request rate',
      scraped: [{ metric: 'load_balancer_requests_total', name: 'requests', isCounter: true }],
    },
    { title: 'Response time of the public entry', scraped: [] },
    { title: "The balancer's view", scraped: [{ metric: 'substation_load', by: 'substation_id' }] },
  ],
};

const override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});

/** What a panel's drawing depends on, beside what `dashboardSchema` reads. */
const drawnSchema = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      fieldConfig: z
        .object({
          defaults: z.object({
            custom: z.object({ stacking: z.object({ mode: z.string() }).optional() }).optional(),
          }),
          overrides: z.array(override).default([]),
        })
        .optional(),
    }),
  ),
});

/** A panel of a dashboard file, with PromQL that Prometheus can evaluate. */
export type DashboardPanel = {
  title: string;
  description: string;
  unit: string;
  stacked: boolean;
  queries: { expr: string; legend: string }[];
  /** Fixed colours by the name of the series. */
  colours: ReadonlyMap<string, string>;
  dashed: ReadonlySet<string>;
  scraped: readonly Scraped[];
};

const folder = new URL('../../../smart-grid-load-balancer/monitoring/grafana/', import.meta.url);

/**
 * Reads the chosen panels from the file that Grafana loads.
 *
 * @param rateInterval Grafana's `$__rate_interval`: four scrapes
 * @throws Error naming a panel that the dashboard does not have
 */
export async function readPanels(choice: DashboardChoice, rateInterval: string): Promise<DashboardPanel[]> {
  const json: unknown = JSON.parse(await readFile(new URL(choice.file, folder), 'utf8'));
  const dashboard = dashboardSchema.parse(json);
  const drawn = drawnSchema.parse(json).panels;
  return choice.panels.map(({ title, scraped }) => {
    const panel = dashboard.panels.find((candidate) => candidate.title === title);
    const config = drawn.find((candidate) => candidate.title === title)?.fieldConfig;
    if (panel === undefined) throw new Error(`${choice.file} has no panel "${title}"`);
    const valuesOf = (property: string) =>
      (config?.overrides ?? []).flatMap(({ matcher, properties }) =>
        properties
          .filter(({ id }) => id === property)
          .map(({ value }): [name: string, value: unknown] => [String(matcher.options), value]),
      );
    return {
      title,
      description: panel.description ?? '',
      unit: panel.fieldConfig?.defaults.unit ?? 'short',
      stacked: config?.defaults.custom?.stacking?.mode === 'normal',
      queries: panel.targets.map(({ expr, legendFormat }) => ({
        expr: fillVariables(dashboard, expr, rateInterval),
        legend: legendFormat,
      })),
      colours: new Map(
        valuesOf('color').flatMap(([name, value]) => {
          const colour = z.object({ fixedColor: z.string() }).safeParse(value).data?.fixedColor;
          return colour === undefined ? [] : [[name, colour]];
        }),
      ),
      dashed: new Set(valuesOf('custom.lineStyle').map(([name]) => name)),
      scraped,
    };
  });
}
