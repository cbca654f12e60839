import { z } from 'zod';

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string(),
  format: z.string().optional(),
  datasource: z.object({ uid: z.string() }),
});

const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: z.object({ uid: z.string() }).optional(),
  gridPos: z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
  fieldConfig: z
    .object({
      defaults: z.object({
        unit: z.string(),
        thresholds: z.object({
          steps: z.array(z.object({ color: z.string(), value: z.number().nullable() })),
        }),
      }),
    })
    .optional(),
  targets: z.array(target).default([]),
});

const annotation = z.object({ name: z.string(), target: z.object({ expr: z.string() }) });

const variable = z.object({
  name: z.string(),
  type: z.string(),
  query: z.union([z.string(), z.object({ query: z.string() })]),
  allValue: z.string().optional(),
  regex: z.string().optional(),
  current: z.unknown(),
});

/** The checked parts of Grafana's dashboard JSON; other properties are kept. */
export const dashboardSchema = z.looseObject({
  id: z.null(),
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  editable: z.boolean(),
  links: z.array(z.object({ url: z.string() })),
  panels: z.array(panel),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(annotation) }),
});

/** The checked parts of a dashboard. */
export type Dashboard = z.output<typeof dashboardSchema>;

/** One PromQL expression of a panel; it may contain Grafana variables. */
export type PanelQuery = {
  kind: 'panel';
  /** The title of the panel. */
  title: string;
  expr: string;
  /** The name of each series, with label names in braces: `{{instance}} to {{peer}}`. */
  legend: string;
  /** Whether the series are the rows of a table, which shows all labels. */
  isTable: boolean;
};

/** One PromQL expression of an annotation; it may contain Grafana variables. */
type AnnotationQuery = { kind: 'annotation'; title: string; expr: string };

export type DashboardQuery = PanelQuery | AnnotationQuery;

/** Lists every expression of a dashboard, panels first. */
export function queriesOf({ panels, annotations }: Dashboard): DashboardQuery[] {
  return [
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, format, legendFormat }) => ({
        kind: 'panel' as const,
        title,
        expr,
        legend: legendFormat,
        isTable: format === 'table',
      })),
    ),
    ...annotations.list.map(({ name, target }) => ({
      kind: 'annotation' as const,
      title: name,
      expr: target.expr,
    })),
  ];
}

/**
 * Replaces the variables of an expression as Grafana does when All is selected for each.
 *
 * @param rateInterval replaces `$__rate_interval`: a PromQL duration such as `20s`
 */
export function fillVariables({ templating }: Dashboard, expr: string, rateInterval: string): string {
  return templating.list.reduce(
    (filled, { name, allValue }) =>
      allValue === undefined ? filled : filled.replaceAll(`$${name}`, allValue),
    expr.replaceAll('$__rate_interval', rateInterval),
  );
}
