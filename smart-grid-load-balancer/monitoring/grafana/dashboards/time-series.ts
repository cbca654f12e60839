import {
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { built, configurePanel, type PanelSpec } from './panel.ts';

/** A panel with lines over time. Thresholds are drawn as dashed lines. */
export function timeSeries(spec: PanelSpec): PanelBuilder {
  const { orange, red } = spec.thresholds ?? {};
  const hasThresholds = orange !== undefined || red !== undefined;
  return configurePanel(new PanelBuilder(), spec, { colour: FieldColorModeId.PaletteClassic })
    .min(0)
    .lineWidth(2)
    .fillOpacity(12)
    .showPoints(VisibilityMode.Never)
    .thresholdsStyle(
      built({ mode: hasThresholds ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off }),
    )
    .legend(
      built({
        displayMode: LegendDisplayMode.List,
        placement: LegendPlacement.Bottom,
        showLegend: true,
        calcs: [],
      }),
    )
    .tooltip(built({ mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending }));
}

/** A panel with stacked lines over time. */
export function stackedTimeSeries(spec: PanelSpec): PanelBuilder {
  return timeSeries(spec)
    .lineWidth(1)
    .fillOpacity(35)
    .stacking(built({ mode: StackingMode.Normal, group: 'A' }));
}

/** Sets fixed colours for series by their legends. */
export function withColours(panel: PanelBuilder, colours: Readonly<Record<string, string>>): PanelBuilder {
  for (const [name, fixedColor] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  }
  return panel;
}
