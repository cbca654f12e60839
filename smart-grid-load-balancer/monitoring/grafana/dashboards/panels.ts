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
import { built, furnish, type PanelText } from './panel.ts';

/** High enough for a number and the line of its past. */
const STAT_HEIGHT = 4;

const latest = new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

/** One number, with its past as a faint line. `noValue`: what is said where there is no number. */
export function stat(text: PanelText & { noValue?: string }): StatBuilder {
  const panel = furnish(new StatBuilder(), text, { height: STAT_HEIGHT })
    .reduceOptions(latest)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area);
  return text.noValue === undefined ? panel : panel.noValue(text.noValue);
}

/** One share of a whole, from 0 to 1, as a dial. */
export function gauge(text: PanelText): GaugeBuilder {
  return furnish(new GaugeBuilder(), text, { height: STAT_HEIGHT, form: 'latest' })
    .reduceOptions(latest)
    .min(0)
    .max(1)
    .showThresholdMarkers(true);
}

/** A bar for each series, from 0 to `max`. */
export function bars(text: PanelText, max: number): BarGaugeBuilder {
  return furnish(new BarGaugeBuilder(), text, { form: 'latest' })
    .reduceOptions(latest)
    .min(0)
    .max(max)
    .displayMode(BarGaugeDisplayMode.Gradient)
    .orientation(VizOrientation.Horizontal)
    .showUnfilled(true);
}

/** A histogram over time: its query's series are buckets, named by their upper bound. */
export function heatmap(text: PanelText): HeatmapBuilder {
  return furnish(new HeatmapBuilder(), text, { form: 'heatmap' })
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
    .yAxis(built({ unit: text.unit }))
    .showValue(VisibilityMode.Never)
    .cellGap(1);
}
