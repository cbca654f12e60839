import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VisibilityMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { PanelBuilder as HeatmapBuilder, HeatmapColorMode } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { built, configurePanel, type PanelSpec } from './panel.ts';

/** 4 rows: enough for a number and its sparkline. */
const STAT_HEIGHT = 4;

const latest = new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

/** A panel with one number and its sparkline. `noValue` is shown when there is no number. */
export function stat(spec: PanelSpec & { noValue?: string }): StatBuilder {
  const panel = configurePanel(new StatBuilder(), spec, { height: STAT_HEIGHT })
    .reduceOptions(latest)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area);
  return spec.noValue === undefined ? panel : panel.noValue(spec.noValue);
}

/** A panel with a dial from 0 to 1. */
export function gauge(spec: PanelSpec): GaugeBuilder {
  return configurePanel(new GaugeBuilder(), spec, { height: STAT_HEIGHT, form: 'latest' })
    .reduceOptions(latest)
    .min(0)
    .max(1)
    .showThresholdMarkers(true);
}

/** A panel with one horizontal bar per series, from 0 to `max`. */
export function barGauge(spec: PanelSpec, max: number): BarGaugeBuilder {
  return configurePanel(new BarGaugeBuilder(), spec, { form: 'latest' })
    .reduceOptions(latest)
    .min(0)
    .max(max)
    .displayMode(BarGaugeDisplayMode.Gradient)
    .orientation(VizOrientation.Horizontal)
    .showUnfilled(true);
}

/** A panel with a histogram over time. The series are buckets; each legend is an upper bound. */
export function heatmap(spec: PanelSpec): HeatmapBuilder {
  return configurePanel(new HeatmapBuilder(), spec, { form: 'heatmap' })
    .calculate(false)
    .color(
      built({
        mode: HeatmapColorMode.Scheme,
        scheme: 'Oranges',
        fill: 'dark-orange',
        exponent: 0.5,
        steps: 64,
        reverse: false,
      }),
    )
    .yAxis(built({ unit: spec.unit }))
    .showValue(VisibilityMode.Never)
    .cellGap(1);
}
