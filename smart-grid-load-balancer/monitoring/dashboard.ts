import { z } from 'zod';

const target = z.object({ refId: z.string(), expr: z.string(), datasource: z.object({ uid: z.string() }) });

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

const annotation = z.object({ name: z.string(), expr: z.string().optional() });

const variable = z.object({
  name: z.string(),
  type: z.string(),
  query: z.union([z.string(), z.object({ query: z.string() })]),
  allValue: z.string().optional(),
  current: z.unknown(),
});

/** The parts of Grafana's dashboard JSON that are checked; what else the file holds is kept as it is. */
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

/** A dashboard, as far as the tests look into it. */
export type Dashboard = z.output<typeof dashboardSchema>;

/** One PromQL expression of a dashboard, with the Grafana variables still in it. */
export type DashboardQuery = {
  /** The title of the panel or the name of the annotation it belongs to. */
  title: string;
  kind: 'panel' | 'annotation';
  expr: string;
};

/** Every expression that a dashboard sends to Prometheus, in the order of its panels. */
export function queriesOf({ panels, annotations }: Dashboard): DashboardQuery[] {
  return [
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ title, kind: 'panel' as const, expr })),
    ),
    ...annotations.list.flatMap(({ name, expr }) =>
      expr === undefined ? [] : [{ title: name, kind: 'annotation' as const, expr }],
    ),
  ];
}

/**
 * What Grafana sends for an expression of a dashboard when All is chosen for every variable.
 *
 * @param rateInterval stands for `$__rate_interval`, as a PromQL duration such as `20s`
 */
export function fillVariables({ templating }: Dashboard, expr: string, rateInterval: string): string {
  return templating.list.reduce(
    (filled, { name, allValue }) =>
      allValue === undefined ? filled : filled.replaceAll(`$${name}`, allValue),
    expr.replaceAll('$__rate_interval', rateInterval),
  );
}
