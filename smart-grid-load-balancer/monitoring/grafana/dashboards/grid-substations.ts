import { TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { configurePanel, type Thresholds, thresholdsConfig } from './panel.ts';
import { barGauge } from './panels.ts';
import { named, orZero, rate, select, serverErrors } from './promql.ts';
import { stackedTimeSeries, timeSeries } from './time-series.ts';

/** In percent of a substation's capacity. */
const utilisationThresholds: Thresholds = { orange: 75, red: 95 };

const charges = rate('http_request_duration_seconds_count', 'route="/charge"');
const failedCharges = rate('http_request_duration_seconds_count', 'route="/charge"', serverErrors);

const columns = ['Load', 'Capacity', 'Sessions', 'Utilisation'] as const;

/** Columns that Grafana adds for each query of a table, besides its value. */
const unwanted = ['Time', 'job', 'instance', 'substation_id', '__name__'].flatMap((name) => [
  name,
  ...columns.map((_column, index) => `${name} ${index + 1}`),
]);

const overview = configurePanel(
  new TableBuilder(),
  {
    title: 'Substation load overview',
    description: 'Load, capacity, sessions and utilisation of each substation.',
    unit: 'kwatt',
    width: 12,
    queries: [
      [columns[0], named(select('substation_current_load'))],
      [columns[1], named(select('substation_max_capacity'))],
      [columns[2], named(select('substation_active_sessions'))],
      [columns[3], named(select('substation_utilization_percent'))],
    ],
  },
  { form: 'table' },
)
  .showHeader(true)
  .cellHeight(TableCellHeight.Sm)
  .withTransformation({ id: 'joinByField', options: { byField: 'name', mode: 'outer' } })
  .withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(unwanted.map((name) => [name, true])),
      renameByName: {
        name: 'Substation',
        ...Object.fromEntries(columns.map((column, index) => [`Value #${'ABCD'[index]}`, column])),
      },
    },
  })
  .overrideByName('Sessions', [{ id: 'unit', value: 'short' }])
  .overrideByName('Utilisation', [
    { id: 'unit', value: 'percent' },
    { id: 'min', value: 0 },
    { id: 'max', value: 100 },
    { id: 'thresholds', value: thresholdsConfig(utilisationThresholds) },
    { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'gradient', valueDisplayMode: 'color' } },
  ]);

/** Utilisation, saturation and errors of the substations. */
export const substations = {
  title: 'Substations: utilisation, saturation, errors',
  panels: [
    overview,
    barGauge(
      {
        title: 'Utilisation',
        description: 'Load of each substation as a share of its capacity. Orange from 75 %, red from 95 %.',
        unit: 'percent',
        width: 12,
        thresholds: utilisationThresholds,
        queries: [['{{name}}', named(select('substation_utilization_percent'))]],
      },
      100,
    ),
    stackedTimeSeries({
      title: 'Load distribution over time',
      description: 'Load of each substation, stacked. Bands of even width mean that load is spread evenly.',
      unit: 'kwatt',
      width: 12,
      queries: [['{{name}}', named(select('substation_current_load'))]],
    }),
    timeSeries({
      title: 'Capacity against load',
      description: 'Total load and total capacity of the grid.',
      unit: 'kwatt',
      width: 12,
      queries: [
        ['load', `sum(${select('substation_current_load')})`],
        ['capacity', `sum(${select('substation_max_capacity')})`],
      ],
    })
      .overrideByName('load', [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' } }])
      .overrideByName('capacity', [
        { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: 'red' } },
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
        { id: 'custom.fillOpacity', value: 0 },
      ]),
    timeSeries({
      title: 'Active sessions',
      description: 'Vehicles charging at each substation.',
      unit: 'short',
      width: 6,
      queries: [['{{name}}', named(select('substation_active_sessions'))]],
    }),
    timeSeries({
      title: 'Accepted load',
      description: 'Load that each substation accepts per second, in kW.',
      unit: 'kwatt',
      width: 6,
      queries: [['{{name}}', named(rate('substation_accepted_kilowatts_total'))]],
    }),
    timeSeries({
      title: 'Rejections',
      description:
        'Requests that each substation rejects per second, by reason. The balancer then asks the next one.',
      unit: 'reqps',
      width: 6,
      queries: [
        [
          '{{name}} {{reason}}',
          named(`sum by (job, instance, reason) (${rate('substation_charges_rejected_total')})`),
        ],
      ],
    }),
    timeSeries({
      title: 'Substation errors',
      description: 'Server errors of each substation per second. A 503 is a rejection, not an error.',
      unit: 'reqps',
      width: 6,
      queries: [
        [
          '{{name}}',
          named(
            `((${orZero(`sum by (job, instance) (${failedCharges})`, `sum by (job, instance) (${charges})`)}) and on (job, instance) ${select('substation_info')})`,
          ),
        ],
      ],
    }),
  ],
};
