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
import { built, datasource } from './panel.ts';
import { select } from './select.ts';

/** Something that is marked on every graph at the moment it happens. */
type Mark = {
  name: string;
  title: string;
  expr: string;
  colour: string;
  /** The value is the moment, in milliseconds since 1970. */
  valueIsTime?: boolean;
};

export type Frame = {
  uid: string;
  title: string;
  description: string;
  tag: string;
  /** The Prometheus jobs that it is about. */
  jobs: readonly string[];
  marks: readonly Mark[];
  linkTo: { uid: string; title: string; tooltip: string };
  rows: readonly { title: string; panels: readonly Builder<Panel>[] }[];
};

/** A dashboard as Grafana reads it from a file: read-only, with the frame that all of ours share. */
export function dashboardOf({ description, jobs, linkTo, marks, rows, tag, title, uid }: Frame): Dashboard {
  const builder = new DashboardBuilder(title)
    .id(null)
    .uid(uid)
    .description(description)
    .tags(['gridclock', tag])
    .readonly()
    .version(1)
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    // The scrape interval: asking more often shows nothing new.
    .refresh('5s')
    .timezone('browser')
    .link(built(link(linkTo)))
    .variables(variables(jobs))
    .annotations([restarts, alerts, ...marks].map((mark) => built(annotation(mark))));
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

const restarts: Mark = {
  name: 'Restarts',
  title: '{{instance}} started',
  expr: `${select('process_start_time_seconds')} * 1000`,
  colour: 'blue',
  valueIsTime: true,
};

const alerts: Mark = {
  name: 'Alerts',
  title: '{{alertname}} {{instance}}',
  expr: select('ALERTS', 'alertstate="firing"'),
  colour: 'red',
};

function variables(jobs: readonly string[]) {
  const all = jobs.join('|');
  const query = (name: string, label: string, description: string, expr: string, allValue: string) =>
    new QueryVariableBuilder(name)
      .label(label)
      .description(description)
      .datasource(datasource)
      .definition(expr)
      .query({ qryType: 1, query: expr, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .includeAll(true)
      .multi(true)
      .allValue(allValue)
      .current({ text: ['All'], value: ['$__all'] });
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus to ask.')
      .type('prometheus')
      .current({ text: 'Prometheus', value: 'prometheus' }),
    // All means all of this dashboard's: the other system has the same metrics of processes and requests.
    query('job', 'Job', 'Kinds of service shown.', `label_values(up{job=~"${all}"}, job)`, all),
    // May be empty, because an alert about the whole names no instance.
    query('instance', 'Instance', 'Single services shown.', 'label_values(up{job=~"$job"}, instance)', '.*'),
  ];
}

// Not by the builders of these two: they put links and switches away into a menu.

function annotation({ colour, expr, name, title, valueIsTime = false }: Mark): AnnotationQuery {
  return {
    name,
    datasource,
    enable: true,
    hide: false,
    iconColor: colour,
    expr,
    step: '5s',
    titleFormat: title,
    tagKeys: 'instance',
    useValueForTime: valueIsTime,
  };
}

function link({ title, tooltip, uid }: Frame['linkTo']): DashboardLink {
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
