import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type FieldColor,
  FieldColorModeId,
  type Panel,
  type ThresholdsConfig,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The Prometheus that the reader has chosen. */
export const datasource = { type: 'prometheus', uid: `$\{datasource}` };

/** One expression of a panel and what its series are called. */
type Query = readonly [legend: string, expr: string];

/** From so much on a value is orange, or red; below both it is green. */
export type Limits = { orange?: number; red?: number };

/** What every panel says. */
export type PanelText = {
  title: string;
  /** What it shows, and when to worry: one or two sentences. */
  description: string;
  /** A unit by Grafana's name for it. */
  unit: string;
  /** Of the 24 columns of a dashboard. */
  width: number;
  queries: readonly Query[];
  limits?: Limits | undefined;
};

/** `latest`: only the newest value of each series is wanted. */
type QueryForm = 'range' | 'latest' | 'table' | 'heatmap';

/** How a panel differs from the usual one; its height is in rows of a dashboard. */
type PanelForm = { colour?: FieldColorModeId; form?: QueryForm; height?: number };

/** What the builders of all kinds of panel have in common. */
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

/** Gives a panel what every panel has: its words, its place, its queries and its colours. */
export function furnish<B extends CommonBuilder>(
  panel: B,
  { description, limits = {}, queries, title, unit, width }: PanelText,
  { colour = FieldColorModeId.Thresholds, form = 'range', height = 8 }: PanelForm = {},
): B {
  panel.title(title);
  panel.description(description);
  panel.unit(unit);
  panel.datasource(datasource);
  panel.thresholds(built(thresholdsOf(limits)));
  panel.colorScheme(built({ mode: colour }));
  panel.span(width);
  panel.height(height);
  for (const [index, query] of queries.entries()) panel.withTarget(targetOf(query, index, form));
  return panel;
}

/** What is already built, for builders that take builders. */
export function built<T>(value: T): Builder<T> {
  return { build: () => value };
}

export function thresholdsOf({ orange, red }: Limits): ThresholdsConfig {
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
