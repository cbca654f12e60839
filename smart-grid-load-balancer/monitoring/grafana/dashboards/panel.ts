import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type FieldColor,
  FieldColorModeId,
  type Panel,
  type ThresholdsConfig,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The Prometheus that the dashboard's variable selects. */
export const datasource = { type: 'prometheus', uid: `$\{datasource}` };

/** One expression of a panel, with the legend of its series. */
type Query = readonly [legend: string, expr: string];

/** The values from which a panel is orange or red; below both it is green. */
export type Thresholds = { orange?: number; red?: number };

/** The properties that every panel needs. */
export type PanelSpec = {
  title: string;
  /** What the panel shows, and when to act: one or two sentences. */
  description: string;
  /** The id of a Grafana unit. */
  unit: string;
  /** In columns; a dashboard has 24. */
  width: number;
  queries: readonly Query[];
  thresholds?: Thresholds | undefined;
};

/** `latest` reads only the newest value of each series. */
type QueryForm = 'range' | 'latest' | 'table' | 'heatmap';

/** Deviations from the usual panel. The height is in rows of a dashboard. */
type PanelOptions = { colour?: FieldColorModeId; form?: QueryForm; height?: number };

/** The methods that the builders of all panel types share. */
type CommonBuilder = Builder<Panel> & {
  title(title: string): unknown;
  description(description: string): unknown;
  unit(unit: string): unknown;
  datasource(datasource: { type: string; uid: string }): unknown;
  thresholds(thresholds: Builder<ThresholdsConfig>): unknown;
  colorScheme(color: Builder<FieldColor>): unknown;
  span(width: number): unknown;
  height(height: number): unknown;
  withTarget(target: DataqueryBuilder): unknown;
};

/** Sets the title, size, queries and colours of a panel. */
export function configurePanel<B extends CommonBuilder>(
  panel: B,
  { description, queries, thresholds = {}, title, unit, width }: PanelSpec,
  { colour = FieldColorModeId.Thresholds, form = 'range', height = 8 }: PanelOptions = {},
): B {
  panel.title(title);
  panel.description(description);
  panel.unit(unit);
  panel.datasource(datasource);
  panel.thresholds(built(thresholdsConfig(thresholds)));
  panel.colorScheme(built({ mode: colour }));
  panel.span(width);
  panel.height(height);
  for (const [index, query] of queries.entries()) panel.withTarget(targetOf(query, index, form));
  return panel;
}

/** Wraps a finished value for SDK methods that expect a builder. */
export function built<T>(value: T): Builder<T> {
  return { build: () => value };
}

/** Converts thresholds to Grafana's configuration. */
export function thresholdsConfig({ orange, red }: Thresholds): ThresholdsConfig {
  const steps = [
    { color: 'green', value: null },
    ...(orange === undefined ? [] : [{ color: 'orange', value: orange }]),
    ...(red === undefined ? [] : [{ color: 'red', value: red }]),
  ];
  return { mode: ThresholdsMode.Absolute, steps };
}

function targetOf([legend, expr]: Query, index: number, form: QueryForm): DataqueryBuilder {
  const target = new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend);
  if (form === 'table') return target.format(PromQueryFormat.Table).instant();
  if (form === 'heatmap') return target.format(PromQueryFormat.Heatmap).range();
  return form === 'latest' ? target.instant() : target.range();
}
