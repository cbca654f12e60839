import type { AnnotationQuery as SdkAnnotation } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type { AnnotationQuery, Dashboard, Panel, RowPanel } from '@grafana/schema';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as GaugeOptions } from '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type {
  FieldConfig as HeatmapFields,
  Options as HeatmapOptions,
} from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TableFields,
  Options as TableOptions,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type {
  FieldConfig as TimeSeriesFields,
  Options as TimeSeriesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** A Prometheus query. @grafana/schema has none; the one in Grafana's SDK is not tied to a version of Grafana. */
type Query = Dataquery & { refId: string };

/** An annotation with the fields that Grafana's Prometheus plugin adds. */
type Annotation = Omit<AnnotationQuery, 'target'> & { target: Query } & Pick<
    SdkAnnotation,
    'tagKeys' | 'textFormat' | 'titleFormat' | 'useValueForTime'
  >;

/**
 * Dashboards as Grafana reads them, in parts that are checked one by one.
 *
 * Only the generator of the JSON schema reads this type.
 */
export interface DashboardParts {
  dashboard: Omit<Dashboard, 'annotations' | 'panels'> & { annotations: { list: Annotation[] } };
  row: RowPanel;
  /** Any other panel, with open options and fields: they depend on the panel's type. */
  panel: Omit<Panel, 'targets'> & { targets: Query[] };
  /** The options by type of panel. Grafana has a default for each. */
  options: {
    stat: Partial<StatOptions>;
    gauge: Partial<GaugeOptions>;
    bargauge: Partial<BarGaugeOptions>;
    heatmap: Partial<HeatmapOptions>;
    table: Partial<TableOptions>;
    timeseries: Partial<TimeSeriesOptions>;
  };
  /** The `custom` part of the field configuration by type of panel. */
  custom: {
    stat: Record<string, never>;
    gauge: Record<string, never>;
    bargauge: Record<string, never>;
    heatmap: Partial<HeatmapFields>;
    table: Partial<TableFields>;
    timeseries: Partial<TimeSeriesFields>;
  };
}
