import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { built, datasource } from './panel.ts';
import { instanceNames, named, select } from './promql.ts';

/** The type of a variable whose values are the series of a query; Grafana writes each as one line of text. */
const QUERY_RESULT = 3;

/** Shows an instance, which of a replica is an address, by its name. */
const INSTANCE_AND_NAME = '/instance="(?<value>[^"]+)".*name="(?<text>[^"]+)"/';

/** An event that is marked on every graph. */
type EventMarker = {
  name: string;
  title: string;
  expr: string;
  colour: string;
  /** Whether the value of `expr` is the event's time, in milliseconds since 1970. */
  valueIsTime?: boolean;
};

export type DashboardSpec = {
  uid: string;
  title: string;
  description: string;
  tag: string;
  /** The Prometheus jobs that the dashboard shows. */
  jobs: readonly string[];
  markers: readonly EventMarker[];
  linkTo: { uid: string; title: string; tooltip: string };
  rows: readonly { title: string; panels: readonly Builder<Panel>[] }[];
};

/** Builds a read-only dashboard with the variables, time range and event markers that all dashboards share. */
export function buildDashboard({
  description,
  jobs,
  linkTo,
  markers,
  rows,
  tag,
  title,
  uid,
}: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .id(null)
    .uid(uid)
    .description(description)
    .tags(['gridclock', tag])
    .readonly()
    .version(1)
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    // The scrape interval: a faster refresh shows nothing new.
    .refresh('5s')
    .timezone('browser')
    .link(built(link(linkTo)))
    .variables(variables(jobs))
    .annotations([restarts, alerts, ...markers].map((marker) => built(annotation(marker))));
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const dashboard = builder.build();
  return {
    ...dashboard,
    panels: (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })),
  };
}

const restarts: EventMarker = {
  name: 'Restarts',
  title: '{{name}} started',
  expr: `(${named(select('process_start_time_seconds'))}) * 1000`,
  colour: 'blue',
  valueIsTime: true,
};

const alerts: EventMarker = {
  name: 'Alerts',
  title: '{{alertname}} {{instance}}',
  expr: select('ALERTS', 'alertstate="firing"'),
  colour: 'red',
};

function variables(jobs: readonly string[]) {
  const all = jobs.join('|');
  const query = (
    name: string,
    label: string,
    description: string,
    expr: string,
    allValue: string,
    qryType = 1,
  ) =>
    new QueryVariableBuilder(name)
      .label(label)
      .description(description)
      .datasource(datasource)
      .query({ qryType, query: expr, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .includeAll(true)
      .multi(true)
      .allValue(allValue)
      .current({ text: ['All'], value: ['$__all'] });
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus server to query.')
      .type('prometheus')
      .current({ text: 'Prometheus', value: 'prometheus' }),
    // All means this dashboard's jobs: the other system exposes the same process and request metrics.
    query('job', 'Job', 'Jobs to show.', `label_values(up{job=~"${all}"}, job)`, all),
    // Also matches no instance: alerts about a whole system have no such label.
    query(
      'instance',
      'Instance',
      'Instances to show.',
      `query_result(${instanceNames()})`,
      '.*',
      QUERY_RESULT,
    ).regex(INSTANCE_AND_NAME),
  ];
}

// Plain objects: the SDK's builders for annotations and links hide them in a menu.

function annotation({ colour, expr, name, title, valueIsTime = false }: EventMarker): AnnotationQuery {
  return {
    name,
    datasource,
    enable: true,
    hide: false,
    iconColor: colour,
    target: new DataqueryBuilder().refId('Anno').expr(expr).interval('5s').build(),
    titleFormat: title,
    tagKeys: 'instance',
    useValueForTime: valueIsTime,
  };
}

function link({ title, tooltip, uid }: DashboardSpec['linkTo']): DashboardLink {
  return {
    title,
    type: DashboardLinkType.Link,
    icon: 'dashboard',
    url: `/d/${uid}`,
    tooltip,
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: true,
    targetBlank: false,
  };
}
