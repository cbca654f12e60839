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
import { built, furnish, type PanelText } from './panel.ts';

/** Lines over time, from zero. A limit is drawn as a line of its own. */
export function lines(text: PanelText): PanelBuilder {
  const { limits = {} } = text;
  const limited = limits.orange !== undefined || limits.red !== undefined;
  return furnish(new PanelBuilder(), text, { colour: FieldColorModeId.PaletteClassic })
    .min(0)
    .lineWidth(2)
    .fillOpacity(12)
    .showPoints(VisibilityMode.Never)
    .thresholdsStyle(
      built({ mode: limited ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off }),
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

/** Lines over time that add up. */
export function stacked(text: PanelText): PanelBuilder {
  return lines(text)
    .lineWidth(1)
    .fillOpacity(35)
    .stacking(built({ mode: StackingMode.Normal, group: 'A' }));
}

/** Gives series by their names the colours that go with their meaning. */
export function coloured(panel: PanelBuilder, colours: Readonly<Record<string, string>>): PanelBuilder {
  for (const [name, fixedColor] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  }
  return panel;
}
