import { TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { furnish, type Limits, thresholdsOf } from './panel.ts';
import { bars } from './panels.ts';
import { broken, orZero, rate, select } from './select.ts';
import { lines, stacked } from './time-series.ts';

/** In percent of a substation's own capacity. */
const utilisationLimits: Limits = { orange: 75, red: 95 };

const charges = rate('http_request_duration_seconds_count', 'route="/charge"');
const brokenCharges = rate('http_request_duration_seconds_count', 'route="/charge"', broken);

const columns = ['Load', 'Capacity', 'Sessions', 'Utilisation'] as const;

/** What a table of several queries has besides their values, once for each of them. */
const unwanted = ['Time', 'job', '__name__'].flatMap((name) => [
  name,
  ...columns.map((_column, index) => `${name} ${index + 1}`),
]);

const overview = furnish(
  new TableBuilder(),
  {
    title: 'Substation load overview',
    description: "Each substation's power given out, capacity, sessions and utilisation.",
    unit: 'kwatt',
    width: 12,
    queries: [
      [columns[0], select('substation_current_load')],
      [columns[1], select('substation_max_capacity')],
      [columns[2], select('substation_active_sessions')],
      [columns[3], select('substation_utilization_percent')],
    ],
  },
  { form: 'table' },
)
  .showHeader(true)
  .cellHeight(TableCellHeight.Sm)
  .withTransformation({ id: 'joinByField', options: { byField: 'instance', mode: 'outer' } })
  .withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(unwanted.map((name) => [name, true])),
      renameByName: {
        instance: 'Substation',
        ...Object.fromEntries(columns.map((column, index) => [`Value #${'ABCD'[index]}`, column])),
      },
    },
  })
  .overrideByName('Sessions', [{ id: 'unit', value: 'short' }])
  .overrideByName('Utilisation', [
    { id: 'unit', value: 'percent' },
    { id: 'min', value: 0 },
    { id: 'max', value: 100 },
    { id: 'thresholds', value: thresholdsOf(utilisationLimits) },
    { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'gradient', valueDisplayMode: 'color' } },
  ]);

/** Utilisation, saturation and errors of what there is to give. */
export const substations = {
  title: 'Substations: utilisation, saturation, errors',
  panels: [
    overview,
    bars(
      {
        title: 'Utilisation',
        description: "Each substation's load as a part of its capacity. Orange from 75 %, red from 95 %.",
        unit: 'percent',
        width: 12,
        limits: utilisationLimits,
        queries: [['{{instance}}', select('substation_utilization_percent')]],
      },
      100,
    ),
    stacked({
      title: 'Load distribution over time',
      description: 'Power given out by each substation, stacked. Even bands mean that work is spread well.',
      unit: 'kwatt',
      width: 12,
      queries: [['{{instance}}', select('substation_current_load')]],
    }),
    lines({
      title: 'Capacity against load',
      description: 'Power given out, against what could be given out at most.',
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
    lines({
      title: 'Active sessions',
      description: 'Vehicles charging at each substation.',
      unit: 'short',
      width: 6,
      queries: [['{{instance}}', select('substation_active_sessions')]],
    }),
    lines({
      title: 'Power accepted',
      description: 'kW newly accepted per second by each substation.',
      unit: 'kwatt',
      width: 6,
      queries: [['{{instance}}', rate('substation_accepted_kilowatts_total')]],
    }),
    lines({
      title: 'Refusals',
      description:
        'Requests that a substation refused per second, by reason. The balancer then asks the next one.',
      unit: 'reqps',
      width: 6,
      queries: [
        [
          '{{instance}} {{reason}}',
          `sum by (instance, reason) (${rate('substation_charges_rejected_total')})`,
        ],
      ],
    }),
    lines({
      title: 'Errors of substations',
      description: 'Answers of each substation per second that say that something is broken.',
      unit: 'reqps',
      width: 6,
      queries: [
        [
          '{{instance}}',
          `(${orZero(`sum by (instance) (${brokenCharges})`, `sum by (instance) (${charges})`)}) and on (instance) ${select('substation_info')}`,
        ],
      ],
    }),
  ],
};
